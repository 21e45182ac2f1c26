// A subscriber in a process of its own: writes each request to the file before it answers, so that what it answered is on the disk
// whatever is killed.
import { appendFileSync } from "node:fs"
import http from "node:http"
import type { AddressInfo } from "node:net"

/** One line of the file. */
export interface Received {
  id: string
  body: string
}

const file = process.argv[2] ?? ""
appendFileSync(file, "")

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const id = String(request.headers["webhook-id"])
    const line: Received = { id, body: Buffer.concat(chunks).toString("utf8") }
    appendFileSync(file, `${JSON.stringify(line)}\n`)
    response.end()
  })
})
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }))
})
