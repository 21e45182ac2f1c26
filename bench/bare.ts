// What the relay is held against: signs and POSTs the same bodies to the same receiver, at the same concurrency, and keeps nothing.
import { createHmac, createSecretKey } from "node:crypto"
import http from "node:http"

import { signHeaders } from "@posthorn/core/delivery/sign"
import { createPost } from "@posthorn/http/post"

import { cpuMeter, inputOf, say } from "./child.ts"
import { type Load, rowsOf } from "./events.ts"
import { type MemoryNow, settledMemory } from "./resident.ts"
import type { Target } from "./receiver-process.ts"

export interface BareInput {
  targets: Target[]
  load: Load
  /** Requests at a time, for each target. */
  concurrency: number
  /** `guarded`: the relay's own POST. `plain`: node:http with a keep-alive agent and no check of anything. */
  agent: "guarded" | "plain"
}

export interface BareReport {
  cpuMs: number
  end: MemoryNow
}

interface Body {
  id: string
  text: string
}
type Send = (body: Body) => Promise<number>

const timestampNow = (): number => Math.floor(Date.now() / 1_000)

const guarded = ({ url, secret }: Target): Send => {
  const secrets = [new Uint8Array(Buffer.from(secret.slice("whsec_".length), "base64"))]
  return async ({ id, text }) => {
    const signed = signHeaders({ eventId: id, timestamp: timestampNow(), body: text, secrets })
    const result = await post({
      method: "POST",
      url,
      headers: { "content-type": "application/json", "user-agent": "bare", ...signed },
      body: text,
      deadlineMs: 15_000,
      answerBytesMax: 64 * 1024,
      allowPrivate: true,
    })
    return result.ok ? result.answer.status : 0
  }
}

const plain = ({ url, secret }: Target): Send => {
  const agent = new http.Agent({ keepAlive: true })
  const key = createSecretKey(Buffer.from(secret.slice("whsec_".length), "base64"))
  return ({ id, text }) =>
    new Promise((resolve, reject) => {
      const timestamp = timestampNow()
      const signature = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(text).digest("base64")
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      }
      const request = http.request(url, { method: "POST", agent, headers }, (answer) => {
        answer.resume()
        answer.on("end", () => resolve(answer.statusCode ?? 0))
      })
      request.on("error", reject)
      request.end(text)
    })
}

const { targets, load, concurrency, agent } = inputOf() as BareInput
const { post, close } = createPost()
const bodies = [...rowsOf(load)].map(({ event }): Body => ({ id: event.id, text: JSON.stringify(event) }))

const cpuMs = cpuMeter()
const work = targets.flatMap((target) => {
  const send = agent === "guarded" ? guarded(target) : plain(target)
  const queue = bodies.values()
  return Array.from({ length: concurrency }, async () => {
    for (const body of queue) {
      const status = await send(body)
      if (status !== 200) throw new Error(`the receiver answered ${status}`)
    }
  })
})
await Promise.all(work)
const used = cpuMs()
await say({ cpuMs: used, end: await settledMemory() } satisfies BareReport)
close()
process.exit()
