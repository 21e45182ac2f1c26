// A subscriber in a process of its own: writes each request to the file before it answers, so that what it answered is on the disk
// whatever is killed. Every fourth event is refused once, so that retries are under way too.
import { appendFileSync } from "node:fs"
import http from "node:http"
import type { AddressInfo } from "node:net"

/** One line of the file. */
export interface Received {
  id: string
  status: number
  body: string
}

const file = process.argv[2] ?? ""
const REFUSED_SHARE = 4
const seen = new Set<string>()
appendFileSync(file, "")

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const id = String(request.headers["webhook-id"])
    const isNew = !seen.has(id)
    seen.add(id)
    const status = isNew && seen.size % REFUSED_SHARE === 0 ? 500 : 200
    const line: Received = { id, status, body: Buffer.concat(chunks).toString("utf8") }
    appendFileSync(file, `${JSON.stringify(line)}\n`)
    response.writeHead(status).end()
  })
})
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }))
})
