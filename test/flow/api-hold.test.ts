import { expect, it } from "vitest"

import { fasterCircuit } from "../faster-circuit.ts"
import { until } from "../relay.ts"
import { conversationIn, deliveries, queued, textsAt, useStage, write } from "./stage.ts"

const { start, receive } = useStage()
const circuit = fasterCircuit(50)

it("pause holds what comes, and counts it; resume lets it all out", async () => {
  const [relay, receiver] = [await start({ circuit }), await receive()]
  const { id } = await relay.endpoint(receiver.url)
  const shown = async () => (await relay.api<{ status: string; heldCount: number }>(`/v1/endpoints/${id}`)).body
  const conversation = conversationIn(relay)
  await write(relay, conversation, "before")
  await receiver.waitFor(1)

  expect((await relay.api(`/v1/endpoints/${id}/pause`, { method: "POST" })).body["status"]).toBe("paused")
  await write(relay, conversation, "held 1", "held 2", "held 3")
  await until(async () => (await shown()).heldCount === 3, "three on hold")
  expect((await deliveries(relay, "status=held")).map(({ statusReason }) => statusReason)).toEqual(
    Array(3).fill("paused"),
  )
  await relay.runtime.sweep()
  await relay.runtime.idle()
  expect(textsAt(receiver)).toEqual(["before"])

  expect((await relay.api(`/v1/endpoints/${id}/resume`, { method: "POST" })).body["status"]).toBe("enabled")
  await receiver.waitFor(4)
  await until(async () => (await shown()).heldCount === 0)
  expect(textsAt(receiver).toSorted()).toEqual(["before", "held 1", "held 2", "held 3"])
  expect((await deliveries(relay, "status=succeeded")).every(({ attemptCount }) => attemptCount === 1)).toBe(true)
})

it("delete cancels what is held and what is being retried, and no request comes after it", async () => {
  const relay = await start({ circuit, env: { POSTHORN_RETRY_SECONDS: "1,1" } })
  const [failing, paused] = [await receive(), await receive()]
  failing.answer({ status: 500 })
  const { id: failingId } = await relay.endpoint(failing.url)
  const { id: pausedId } = await relay.endpoint(paused.url)
  await relay.api(`/v1/endpoints/${pausedId}/pause`, { method: "POST" })
  const conversation = conversationIn(relay)
  await write(relay, conversation, "one")
  await until(async () => (await deliveries(relay, "status=held")).length === 1)
  await until(async () => (await deliveries(relay, "status=retrying")).length === 1)

  for (const id of [failingId, pausedId])
    expect((await relay.api(`/v1/endpoints/${id}`, { method: "DELETE" })).status).toBe(204)
  const ends = (await deliveries(relay)).map(({ status, statusReason }) => [status, statusReason])
  expect(ends).toEqual(Array(2).fill(["cancelled", "endpoint_deleted"]))
  await write(relay, conversation, "two")
  await until(() => queued(relay) === 0, "the retry that was planned")
  expect([failing.requests.length, paused.requests.length]).toEqual([1, 0])
  expect(await deliveries(relay)).toHaveLength(2)
  expect((await relay.api(`/v1/endpoints/${failingId}`)).status).toBe(404)
})
