import { iso } from "@posthorn/core/time"
import { expect, it } from "vitest"

import { isSigned } from "../receiver.ts"
import { UPSTREAM_KEY } from "./cloud.ts"
import { onAws } from "./on-aws.ts"
import { ADMIN_KEY } from "./request-event.ts"

onAws("the handlers on AWS", ({ baselined, receive, write }) => {
  it("brings a scheduled event to a signed POST, once", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    const { secret } = await cloud.endpoint(receiver.port)
    write(cloud, "Hello 👋")
    await cloud.tick()
    await cloud.settle()
    expect(receiver.requests).toHaveLength(1)
    const [request] = receiver.requests
    expect(isSigned(request!, secret)).toBe(true)
    const sent = JSON.parse(request!.body) as { id: string; type: string; data: unknown }
    expect(sent).toMatchObject({ type: "message.received", data: { message: { text: "Hello 👋" }, sequence: 1 } })
    expect(request!.id).toBe(sent.id)
    expect((await cloud.api(`/v1/events/${sent.id}`)).body).toEqual(sent)
    expect((await cloud.api<{ data: unknown[] }>("/v1/deliveries")).body.data).toMatchObject([
      { status: "succeeded", attemptCount: 1 },
    ])
    await cloud.tick()
    await cloud.settle()
    expect(receiver.requests).toHaveLength(1)

    const log = cloud.logs.join("\n")
    expect(log).toContain('"fact":"delivery.attempted"')
    const signature = String(request!.headers["webhook-signature"])
    for (const secretText of [
      "Hello",
      "Alice",
      UPSTREAM_KEY,
      ADMIN_KEY,
      secret,
      signature,
      signature.slice(3),
      "/hook",
    ])
      expect(log).not.toContain(secretText)
  })

  it("sweeps up a retry that is further away than SQS can wait", async () => {
    const [cloud, receiver] = [await baselined({ env: { POSTHORN_RETRY_SECONDS: "1800" } }), await receive()]
    await cloud.endpoint(receiver.port)
    write(cloud, "later")
    receiver.answer({ status: 500 })
    await cloud.tick()
    await cloud.settle()
    receiver.answer({ status: 200 })
    await cloud.sweep()
    await cloud.settle()
    expect(receiver.requests).toHaveLength(1)
    // The schedule's jitter is 20 %.
    cloud.advance(2_200_000)
    await cloud.sweep()
    await cloud.settle()
    expect(receiver.requests).toHaveLength(2)
    expect(new Set(receiver.requests.map(({ id }) => id)).size).toBe(1)
  })

  it("deals a minute once, however often the scheduler says so", async () => {
    const cloud = await baselined()
    await cloud.tick()
    const sent = cloud.gateway.counts.sqs.send
    await cloud.invoke("Schedule", {})
    expect(cloud.gateway.counts.sqs.send).toBe(sent)
  })

  it("deals the minute that the scheduler means, though its event comes with the next one's", async () => {
    const cloud = await baselined()
    const sent = (): number => cloud.gateway.counts.sqs.send
    const before = sent()
    // A minute ends, and nobody has told of it.
    cloud.advance(60_000)
    const late = iso(cloud.now())
    await cloud.tick()
    expect(sent()).toBe(before + 1)
    await cloud.invoke("Schedule", { scheduledTime: late })
    expect(sent()).toBe(before + 2)
  })

  it.each([
    ["no time", {}],
    ["a text for a time", { scheduledTime: "<aws.scheduler.scheduled-time>" }],
    ["a time of another day", { scheduledTime: "2026-01-01T00:00:00Z" }],
  ])("deals the minute of the clock where the event tells %s", async (_, event) => {
    const cloud = await baselined()
    const sent = cloud.gateway.counts.sqs.send
    await cloud.invoke("Schedule", event)
    expect(cloud.gateway.counts.sqs.send).toBe(sent)
    cloud.advance(60_000)
    await cloud.invoke("Schedule", event)
    expect(cloud.gateway.counts.sqs.send).toBe(sent + 1)
  })

  it("polls on request, of the requests that were kept back", async () => {
    // Four of five may be dealt.
    const [cloud, receiver] = [await baselined({ env: { POSTHORN_REQUESTS_PER_MINUTE: "5" } }), await receive()]
    await cloud.endpoint(receiver.port)
    const [account] = cloud.simulator.world.accounts.keys()
    write(cloud, "now")
    const before = cloud.simulator.requests.length
    expect((await cloud.api(`/v1/accounts/${account!}/poll`, null)).status).toBe(202)
    await cloud.settle()
    expect(cloud.simulator.requests.length).toBe(before + 1)
    expect((await cloud.api(`/v1/accounts/${account!}/poll`, null)).status).toBe(202)
    await cloud.settle()
    expect(cloud.simulator.requests.length).toBe(before + 1)
    await cloud.tick()
    await cloud.settle()
    expect(receiver.requests).toHaveLength(1)
  })
})
