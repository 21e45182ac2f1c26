import { derivedId } from "@posthorn/core/id"
import { iso } from "@posthorn/core/time"
import { expect, it } from "vitest"

import { until } from "../relay.ts"
import { conversationIn, deliveries, type EnvelopeJson, queued, textsAt, useStage, write } from "./stage.ts"

const { start, receive } = useStage()

it("forget: a conversation is gone from API, walk and deliveries, is not sent any more, and no poll finds it anew", async () => {
  const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "1" } })
  const receiver = await receive()
  await relay.endpoint(receiver.url)
  receiver.answer(({ body }) => ({ status: body.includes("unwelcome") ? 500 : 200 }))
  const [gone, kept] = [conversationIn(relay), conversationIn(relay)]
  await write(relay, kept, "kept 1")
  await write(relay, gone, "private 1", "unwelcome 2")
  await until(async () => (await deliveries(relay, "status=retrying,exhausted")).length === 1)
  const [forgotten] = receiver.requests.filter(({ body }) => body.includes("private 1"))
  const events = async (query: string) =>
    (await relay.api<{ data: EnvelopeJson[] }>(`/v1/events?type=message.received&${query}`)).body.data
  const walked = async () => {
    const { data } = (await relay.api<{ data: EnvelopeJson[] }>("/v1/events?after=start&limit=100")).body
    return data.filter(({ type }) => type === "message.received").map(({ data }) => data.message.text)
  }
  expect(await events(`conversationId=${encodeURIComponent(gone.id)}`)).toHaveLength(2)

  const path = `/v1/accounts/${relay.accountId}/data?conversationId=${encodeURIComponent(gone.id)}`
  expect((await relay.api(path, { method: "DELETE" })).status).toBe(204)
  const attempts = receiver.requests.length
  expect(await events(`conversationId=${encodeURIComponent(gone.id)}`)).toEqual([])
  expect((await events("")).map(({ data }) => data.message.text)).toEqual(["kept 1"])
  expect((await relay.api(`/v1/events/${forgotten!.id}`)).status).toBe(404)
  expect((await deliveries(relay)).map(({ eventId }) => eventId)).toEqual(
    receiver.requests.filter(({ body }) => body.includes("kept 1")).map(({ id }) => id),
  )
  expect(await walked()).toEqual(["kept 1"])

  await relay.poll()
  await until(() => queued(relay) === 0, "the retry that was planned")
  expect(receiver.requests).toHaveLength(attempts)
  await write(relay, gone, "new 3")
  await receiver.waitFor(({ body }) => body.includes("new 3"))
  expect((await walked()).toSorted()).toEqual(["kept 1", "new 3"])

  expect((await relay.api(`/v1/accounts/${relay.accountId}/data`, { method: "DELETE" })).status).toBe(204)
  await relay.poll()
  await relay.runtime.idle()
  expect([await events(""), await walked(), await deliveries(relay)]).toEqual([[], [], []])
  expect(textsAt(receiver).filter((text) => text === "private 1" || text === "kept 1")).toHaveLength(2)
})

it("a walk goes past what was forgotten, however much of it, before it says that nothing follows", async () => {
  const FORGOTTEN = 1_100
  const relay = await start()
  const { store } = relay.runtime
  for (let position = 1; position <= FORGOTTEN; position++) {
    const id = derivedId("event", "forgotten", String(position))
    const event = { id, type: "custom.gone" as never, timestamp: iso(Date.now()), data: {} as never }
    const row = { conversationId: null, sequence: null, previous: null, forgotten: false }
    await store.appendEvent({ log: "system", position, event, seenAt: Date.now(), ...row })
    await store.forgetEvent("system", position)
  }
  await store.raisePublished("system", FORGOTTEN)
  await relay.api("/v1/events", { body: { type: "custom.kept", data: {} } })
  const { data } = (await relay.api<{ data: EnvelopeJson[] }>("/v1/events?after=start&limit=1")).body
  expect(data.map(({ type }) => type)).toEqual(["custom.kept"])
})
