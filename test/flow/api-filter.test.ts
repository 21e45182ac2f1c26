import { expect, it } from "vitest"

import { until } from "../relay.ts"
import { conversationIn, deliveries, textsAt, useStage, write } from "./stage.ts"

const { start, receive } = useStage()

interface Refused {
  clause: string
  path: string
  wanted: unknown[]
  found: unknown[]
}
interface TraceJson {
  eventId: string
  published: boolean
  endpoints: { endpointId: string; wanted: boolean; refusal: Refused | null; delivery: { status: string } | null }[]
}
interface PreviewJson {
  considered: number
  matched: number
  samples: { id: string }[]
  refused: { clause: Refused; count: number; example: string }[]
}

it("filter: what matches arrives and nothing else, the trace names the clause that refused, and a preview counts the same", async () => {
  const [relay, some, all] = [await start(), await receive(), await receive()]
  const asked = {
    eventTypes: ["message.received", "message.sent"],
    filter: { data: { message: { direction: ["inbound"], text: [{ suffix: "?" }] } } },
  }
  const { id } = await relay.endpoint(some.url, asked)
  await relay.endpoint(all.url, { eventTypes: ["*"] })
  const conversation = conversationIn(relay)
  relay.simulator.world.write({ conversation, from: "owner", text: "who are you?" })
  await write(relay, conversation, "ten minutes?", "no hurry", "tomorrow, then?", "thanks")
  await all.waitFor(6)
  await until(async () => (await deliveries(relay, "status=succeeded")).length === 8)
  expect(textsAt(some).toSorted()).toEqual(["ten minutes?", "tomorrow, then?"])

  const eventWith = (part: string) => all.requests.find(({ body }) => body.includes(part))!.id
  const trace = async (part: string) => {
    const { body } = await relay.api<TraceJson>(`/v1/events/${eventWith(part)}/trace`)
    return body.endpoints.find(({ endpointId }) => endpointId === id)!
  }
  expect(await trace(`"no hurry"`)).toMatchObject({
    wanted: false,
    delivery: null,
    refusal: { clause: "filter", path: "/data/message/text", wanted: [{ suffix: "?" }], found: ["no hurry"] },
  })
  expect((await trace(`"who are you?"`)).refusal).toMatchObject({
    path: "/data/message/direction",
    found: ["outbound"],
  })
  expect((await trace(`"conversation.created"`)).refusal).toMatchObject({ clause: "eventTypes", path: "/type" })
  expect(await trace(`"ten minutes?"`)).toMatchObject({
    wanted: true,
    refusal: null,
    delivery: { status: "succeeded" },
  })

  const { body: preview } = await relay.api<PreviewJson>("/v1/endpoints/preview", { body: asked })
  expect([preview.considered, preview.matched]).toEqual([6, some.requests.length])
  expect(preview.samples.map((event) => event.id).toSorted()).toEqual(some.requests.map((got) => got.id).toSorted())
  expect(preview.refused.map(({ clause, count }) => [clause.path, count])).toEqual([
    ["/data/message/text", 2],
    expect.anything(),
    expect.anything(),
  ])
})
