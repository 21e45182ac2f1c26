// The subscriber of all measurements, in a process of its own: as little HTTP as will do, so that it is not what is measured.
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import net, { type AddressInfo, type Socket } from "node:net"
import { Webhook } from "standardwebhooks"

import { inputOf, say } from "./child.ts"
import type { Received, ReceiverInput, Target } from "./receiver-process.ts"

const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}`
/** Every so many requests the signature is checked, by another library than the relay's. */
const CHECK_EVERY = 50

const input = inputOf() as ReceiverInput
const total = input.total * input.endpoints

let requests = 0
let distinct = 0
let warmAt = 0
let checked = 0
let badSignatures = 0

/** One endpoint: what it has seen, and what it makes of a request. */
const endpoint = (secret: string) => {
  const seen = new Set<string>()
  const webhook = new Webhook(secret)
  return (head: string, body: Buffer): void => {
    const at = Number(process.hrtime.bigint()) / 1e6
    requests++
    const id = header(head, "webhook-id")
    if (seen.has(id)) return
    seen.add(id)
    distinct++
    if (input.tellEach) void say({ id, at })
    if (distinct === input.warm) {
      warmAt = at
      void say("warm")
    }
    if (distinct % CHECK_EVERY === 1) check(webhook, head, body)
    if (distinct !== total) return
    const timed = total - input.warm
    const perSecond = timed / ((at - warmAt) / 1_000)
    void say({ requests, distinct, timed, perSecond, checked, badSignatures } satisfies Received)
  }
}

const check = (webhook: Webhook, head: string, body: Buffer): void => {
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
  checked++
  try {
    webhook.verify(body, Object.fromEntries(names.map((name) => [name, header(head, name)])))
  } catch {
    badSignatures++
  }
}

const header = (head: string, name: string): string => {
  const start = head.toLowerCase().indexOf(`\r\n${name}: `)
  if (start < 0) return ""
  const from = start + name.length + 4
  const end = head.indexOf("\r\n", from)
  return head.slice(from, end < 0 ? undefined : end)
}

const listen = async (take: (head: string, body: Buffer) => void): Promise<number> => {
  const server = net.createServer((socket: Socket) => {
    let pending: Buffer = Buffer.alloc(0)
    socket.setNoDelay(true)
    socket.on("error", () => socket.destroy())
    socket.on("data", (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      for (;;) {
        const end = pending.indexOf("\r\n\r\n")
        if (end < 0) return
        const head = pending.toString("latin1", 0, end)
        const whole = end + 4 + Number(header(head, "content-length"))
        if (pending.length < whole) return
        take(head, pending.subarray(end + 4, whole))
        pending = pending.subarray(whole)
        socket.write(ANSWER)
      }
    })
  })
  await once(server.listen(0, "127.0.0.1", 1_024), "listening")
  return (server.address() as AddressInfo).port
}

const targets: Target[] = []
for (let number = 0; number < input.endpoints; number++) {
  const secret = `whsec_${randomBytes(32).toString("base64")}`
  // A port each: endpoints are on different hosts, mostly.
  targets.push({ url: `http://127.0.0.1:${await listen(endpoint(secret))}/hook`, secret })
}
await say(targets)
