import http from "node:http"
import type { AddressInfo } from "node:net"

/** Of one request: it never arrives, or it is done and its answer is lost. */
export type Loss = "request" | "answer"

export interface Lossy {
  url: string
  /** Loses the request with this number, counted from 1 from now on. */
  lose: (number: number, loss: Loss) => void
  /** Loses nothing from now on. Answers how many have come since it was to. */
  rest: () => number
  close: () => Promise<void>
}

/** Stands before Posthorn and hands on what comes, but for one request. */
export const startLossy = async (target: string): Promise<Lossy> => {
  let lost: { number: number; loss: Loss } | null = null
  let count = 0

  const handOn = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    count++
    const loss = lost?.number === count ? lost.loss : null
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (loss === "request") return void request.socket.destroy()
    const headers = { authorization: request.headers.authorization ?? "", "content-type": "application/json" }
    const init = { method: request.method ?? "GET", headers, ...(chunks.length > 0 && { body: Buffer.concat(chunks) }) }
    const answer = await fetch(`${target}${request.url ?? ""}`, init)
    const text = await answer.text()
    if (loss === "answer") return void request.socket.destroy()
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text)
  }

  const server = http.createServer((request, response) => void handOn(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    lose: (number, loss) => {
      lost = { number, loss }
      count = 0
    },
    rest: () => {
      lost = null
      return count
    },
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
