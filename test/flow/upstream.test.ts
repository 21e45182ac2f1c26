import { afterEach, expect, test } from "vitest"

import { createUpstream } from "@posthorn/core/upstream/client"
import type { Thread, Upstream } from "@posthorn/core/upstream/thread"
import { createRequest } from "@posthorn/http/request"
import { createSimulator, type SimulatorOptions } from "@posthorn/simulator/simulator"

/** The client against the simulator, over real sockets: neither shares code with the other. */

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const start = async (options: SimulatorOptions, dialect: "auto" | "legacy" | "conversations" = "auto") => {
  const simulator = createSimulator({ apiKey: "key", history: true, accounts: 1, ...options })
  const { url } = await simulator.listen()
  const request = createRequest()
  closing.push(request.close, () => simulator.close())
  const clock = { now: () => Date.now() }
  const upstream = createUpstream({ request, clock, baseUrl: url, apiKey: "key", dialect, deadlineMs: 2_000 })
  return { simulator, upstream, paths: () => simulator.requests.map(({ path }) => path) }
}

const walk = async (upstream: Upstream, about: { accountId: string; id: string; urn: string; count: number }) => {
  const conversation = { id: about.id, urn: about.urn }
  const request = { accountId: about.accountId, dialect: null, conversation, profileUrn: null }
  const found = new Map<string, Thread["messages"][number]>()
  let page = await upstream.readThread({ ...request, window: { kind: "newest" } })
  for (let pages = 0; pages < 100; pages++) {
    const before = found.size
    for (const message of page.messages) found.set(message.id, message)
    if (found.size === before || page.older === null) break
    page = await upstream.readThread({ ...request, window: { kind: "older", than: page.older, count: about.count } })
  }
  return found
}
