import http, { type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { Webhook } from "standardwebhooks"

export interface ReceivedRequest {
  /** `webhook-id`, or an empty string. */
  id: string
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** When the whole of it was read (real time). */
  at: number
}

export interface Answer {
  status?: number
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Wait before the status line. */
  delayMs?: number
  /** The body goes out in pieces of so many bytes, one every so often. */
  drip?: { bytes: number; everyMs: number }
  /** `headers`: never answer. `body`: send status and headers, then nothing more. */
  hang?: "headers" | "body"
  /** `before`: close the connection without an answer. `after`: in the middle of the body. `reset` as `before`, by RST. */
  close?: "before" | "after" | "reset"
}

export type Script = Answer | ((request: ReceivedRequest, index: number) => Answer | Promise<Answer>)

export interface Receiver {
  url: string
  port: number
  /** In the order in which they were read. */
  requests: ReceivedRequest[]
  /** Connections taken so far. */
  connections: () => number
  /** What is answered from now on; 200 at first. */
  answer: (script: Script) => void
  /** Resolves as soon as that many requests were read, or one that matches: with all of them. Rejects after `timeoutMs`. */
  waitFor: (until: number | ((request: ReceivedRequest) => boolean), timeoutMs?: number) => Promise<ReceivedRequest[]>
  /** Closes sockets that wait between two requests, as a server does that is tired of them. */
  closeIdle: () => void
  close: () => Promise<void>
}

/** A subscriber for tests: a real server on loopback that says what it is told to. Nothing in it sleeps; tests wait for facts. */
export const startReceiver = async (): Promise<Receiver> => {
  const requests: ReceivedRequest[] = []
  const waiting = new Set<() => void>()
  const timers = new Set<NodeJS.Timeout>()
  let script: Script = { status: 200 }
  let connections = 0

  const later = (ms: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
  }

  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
    incoming.on("end", () => {
      const request: ReceivedRequest = {
        id: String(incoming.headers["webhook-id"] ?? ""),
        method: incoming.method ?? "",
        path: incoming.url ?? "",
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        at: Date.now(),
      }
      const index = requests.push(request) - 1
      for (const check of waiting) check()
      void (async () => {
        const answer = typeof script === "function" ? await script(request, index) : script
        if (answer.delayMs === undefined) reply(response, answer, later)
        else later(answer.delayMs, () => reply(response, answer, later))
      })()
    })
  })
  server.keepAliveTimeout = 60_000
  server.on("connection", () => connections++)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    requests,
    connections: () => connections,
    answer: (next) => void (script = next),
    waitFor: (until, timeoutMs = 5_000) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!(typeof until === "number" ? requests.length >= until : requests.some(until))) return
          waiting.delete(check)
          clearTimeout(timer)
          resolve(requests)
        }
        const timer = setTimeout(() => {
          waiting.delete(check)
          const wanted = typeof until === "number" ? `${until} requests` : "a request that matches"
          reject(new Error(`waited ${timeoutMs} ms for ${wanted}, got ${requests.length} requests`))
        }, timeoutMs)
        waiting.add(check)
        check()
      }),
    closeIdle: () => server.closeIdleConnections(),
    close: async () => {
      for (const timer of timers) clearTimeout(timer)
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/**
 * Whether one of a request's signatures is right under a secret (`whsec_…`), by the standardwebhooks library. Its age is not
 * judged: tests turn the clock.
 */
export const isSigned = ({ headers, body, id }: ReceivedRequest, secret: string): boolean => {
  const signedAt = new Date(Number(headers["webhook-timestamp"]) * 1000)
  const signatures = String(headers["webhook-signature"] ?? "").split(" ")
  return signatures.includes(new Webhook(secret).sign(id, signedAt, body))
}

const reply = (response: ServerResponse, answer: Answer, later: (ms: number, run: () => void) => void): void => {
  const socket: Socket | null = response.socket
  if (socket === null || socket.destroyed || answer.hang === "headers") return
  if (answer.close === "before") return void socket.destroy()
  if (answer.close === "reset") return void socket.resetAndDestroy()
  const body = Buffer.from(answer.body ?? "")
  response.writeHead(answer.status ?? 200, answer.headers)
  if (answer.hang === "body") {
    response.flushHeaders()
    response.write(body)
    return
  }
  if (answer.close === "after") {
    // A chunked body without its last chunk.
    response.write(body, () => socket.destroy())
    return
  }
  if (answer.drip === undefined) return void response.end(body)
  const { bytes, everyMs } = answer.drip
  const drop = (from: number): void => {
    if (from >= body.length) return void response.end()
    response.write(body.subarray(from, from + bytes))
    later(everyMs, () => drop(from + bytes))
  }
  drop(0)
}
