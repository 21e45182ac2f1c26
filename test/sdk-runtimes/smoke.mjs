// Run by each runtime in a project that has the packed SDK: `smoke.mjs <url of a relay> <key>`. Registers a server of the runtime's
// own kind at the relay, asks for a test event, and prints what came as one line of JSON.
import http from "node:http"
import process from "node:process"
import { clearTimeout, setTimeout } from "node:timers"

import { createClient, verify } from "@posthorn/sdk"
import { handler as express } from "@posthorn/sdk/express"
import { handler as web } from "@posthorn/sdk/web"

const ENDS_WITHIN_MS = 60_000
const deadline = setTimeout(() => {
  console.error(`not done within ${ENDS_WITHIN_MS} ms`)
  process.exit(1)
}, ENDS_WITHIN_MS)

const { Bun, Deno, fetch } = globalThis
const [url, key] = process.argv.slice(2)

let secret
let received
const arrived = new Promise((resolve) => (received = resolve))
const refused = []
const options = { secret: () => secret, onRefused: ({ code }) => refused.push(code) }
const callback = (event) => received(event)

/** Port and kind of a server that the runtime itself brings. */
const serve = async () => {
  if (Bun) return ["Bun.serve", Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: web(options, callback) }).port]
  if (Deno)
    return [
      "Deno.serve",
      Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, web(options, callback)).addr.port,
    ]
  const server = http.createServer(express(options, callback))
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
  return ["node:http", server.address().port]
}

const [server, port] = await serve()
const hook = `http://127.0.0.1:${port}/hook`
const client = createClient({ url, key })
const endpoint = await client.endpoints.create({ url: hook })
secret = endpoint.secret

const { id } = await client.endpoints.test(endpoint.id)
const event = await arrived
let delivery = await client.deliveries.get(id)
while (delivery.status === "pending") {
  await new Promise((resolve) => setTimeout(resolve, 20))
  delivery = await client.deliveries.get(id)
}

const unsigned = await fetch(hook, { method: "POST", body: "{}" })
const reason = await verify({ headers: {}, body: "{}" }, secret).catch(({ code }) => code)
await client.endpoints.delete(endpoint.id)
console.log(
  JSON.stringify({
    version: process.versions.node,
    server,
    type: event.type,
    delivery: delivery.status,
    unsigned: unsigned.status,
    refused,
    reason,
  }),
)
clearTimeout(deadline)
process.exit(0)
