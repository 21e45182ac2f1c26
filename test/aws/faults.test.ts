import { expect, it } from "vitest"

import { isSigned } from "../receiver.ts"
import { onAws } from "./on-aws.ts"
import { RECEIVES_MAX } from "./resources.ts"

onAws("the handlers on AWS, and what goes wrong there", ({ baselined, receive, write }) => {
  it("delivers once, though SQS hands a record out twice", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    await cloud.endpoint(receiver.port)
    write(cloud, "once")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    let body = ""
    await cloud.pumps.Deliver.round(([record]) => {
      body = record!.body
      return [record!, { ...record!, receiptHandle: "another" }]
    })
    await cloud.sendRaw("DeliveryQueue", body)
    await cloud.pumps.Deliver.round()
    expect(receiver.requests).toHaveLength(1)
    expect((await cloud.api<{ data: unknown[] }>("/v1/deliveries")).body.data).toMatchObject([{ attemptCount: 1 }])
  })

  it("puts a record off while another dials, until the other's claim ends", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    await cloud.endpoint(receiver.port)
    write(cloud, "twice at a time")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    receiver.answer({ delayMs: 1_000 })
    const hidden: unknown[] = []
    cloud.gateway.fault = (operation, asked) => {
      if (operation === "ChangeMessageVisibility") hidden.push(asked["VisibilityTimeout"])
      return null
    }
    const first = cloud.pumps.Deliver.round(([record]) => {
      void receiver.waitFor(1).then(() => cloud.sendRaw("DeliveryQueue", record!.body))
      return [record!]
    })
    await receiver.waitFor(1)
    while ((await cloud.pumps.Deliver.round()) === 0);
    await first
    expect(hidden).toEqual([expect.toSatisfy((seconds: number) => seconds > 40 && seconds <= 45)])
    expect(receiver.requests).toHaveLength(1)
  })

  it("moves what it cannot read to the dead-letter queue, and delivers the rest of the batch", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    await cloud.endpoint(receiver.port)
    write(cloud, "good")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    await cloud.sendRaw("DeliveryQueue", "a private text")
    await cloud.sendRaw("DeliveryQueue", JSON.stringify({ v: 2, log: "a private text" }))
    expect(await cloud.pumps.Deliver.round()).toBe(3)
    expect(receiver.requests).toHaveLength(1)
    await cloud.settle()
    expect((await cloud.bodies("DeliveryDlq")).sort()).toEqual(["a private text", '{"v":2,"log":"a private text"}'])
    expect(receiver.requests).toHaveLength(1)
    const unreadable = cloud.logs.filter((line) => line.includes("record.unreadable"))
    expect(unreadable).toHaveLength(2 * RECEIVES_MAX)
    expect(cloud.logs.join()).not.toContain("a private text")
  })

  it("publishes again from the entry that EventBridge did not take", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    const { secret } = await cloud.endpoint(receiver.port)
    write(cloud, "one", "two", "three")
    let refused = 0
    cloud.gateway.fault = async (operation, asked, pass) => {
      if (operation !== "PutEvents") return null
      const entries = asked["Entries"] as { Detail: string }[]
      const index = entries.findIndex(({ Detail }) => Detail.includes('"two"'))
      if (index === -1) return null
      refused += 1
      const taken = await pass({ ...asked, Entries: entries.toSpliced(index, 1) })
      const failed = { ErrorCode: "ThrottlingException", ErrorMessage: "too many" }
      const Entries = (taken.body["Entries"] as unknown[]).toSpliced(index, 0, failed)
      return { status: 200, body: { FailedEntryCount: 1, Entries } }
    }
    await cloud.tick()
    await cloud.settle()
    const textOf = ({ body }: { body: string }): string =>
      (JSON.parse(body) as { data: { message: { text: string } } }).data.message.text
    expect(receiver.requests.map(textOf).sort()).toEqual(["one", "three"])
    expect(refused).toBeGreaterThan(0)
    cloud.gateway.fault = null
    await cloud.tick()
    await cloud.settle()
    expect(receiver.requests.map(textOf).sort()).toEqual(["one", "three", "two"])
    expect(receiver.requests.every((request) => isSigned(request, secret))).toBe(true)
  })

  it("keeps an event that fan-out fails at in its dead-letter queue", async () => {
    const cloud = await baselined()
    await cloud.publishRaw({ id: "evt_of_another" })
    while (cloud.invocations.Fanout.count < 3) await cloud.pumps.Fanout.round()
    await cloud.settle("Fanout")
    expect(cloud.invocations.Fanout.count).toBe(3)
    expect((await cloud.bodies("FanoutDlq")).map((body) => (JSON.parse(body) as { detail: unknown }).detail)).toEqual([
      { id: "evt_of_another" },
    ])
  })

  it("sends again, with the same id, what a function sent and did not live to record", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    const { secret } = await cloud.endpoint(receiver.port)
    write(cloud, "twice")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    receiver.answer({ hang: "headers" })
    const dying = cloud.pumps.Deliver.round()
    await receiver.waitFor(1)
    cloud.lambdas.Deliver.kill()
    await dying
    receiver.answer({ status: 200 })
    cloud.advance(46_000)
    await cloud.settle()
    expect(receiver.requests).toHaveLength(2)
    expect(new Set(receiver.requests.map(({ id }) => id)).size).toBe(1)
    expect(receiver.requests.every((request) => isSigned(request, secret))).toBe(true)
    const { body } = await cloud.api<{ data: { id: string }[] }>("/v1/deliveries")
    expect((await cloud.api(`/v1/deliveries/${body.data[0]!.id}`)).body).toMatchObject({
      status: "succeeded",
      attempts: [{ errorKind: "interrupted" }, { outcome: "succeeded" }],
    })
    expect(await cloud.bodies("DeliveryDlq")).toEqual([])
  })

  it("loses nothing when a poll dies between the log and the bus", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    await cloud.endpoint(receiver.port)
    write(cloud, "from the log")
    cloud.gateway.fault = (operation) => {
      if (operation !== "PutEvents") return null
      cloud.gateway.fault = null
      cloud.lambdas.Poll.kill()
      return { status: 500, body: {} }
    }
    await cloud.tick()
    while ((await cloud.pumps.Poll.round()) === 0);
    expect(cloud.gateway.fault).toBeNull()
    const query = "/v1/events?type=message.received"
    const [written] = (await cloud.api<{ data: { id: string }[] }>(query)).body.data
    expect(written).toBeDefined()
    // Its lease has to end first.
    await cloud.tick()
    await cloud.tick()
    await cloud.settle()
    expect(receiver.requests.map(({ id }) => id)).toEqual([written!.id])
  })
})
