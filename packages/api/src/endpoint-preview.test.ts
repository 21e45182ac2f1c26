import type { Event } from "@posthorn/core/event"
import type { LogRow } from "@posthorn/core/log-row"
import { beforeEach, describe, expect, it } from "vitest"

import { authenticate } from "./auth.ts"
import { createCallers } from "./callers.ts"
import { endpointPreview, PREVIEW_EVENTS_MAX } from "./endpoint-preview.ts"
import { ADMIN_KEY, NOW, URL_A, logRow, testApi, type Answered } from "./fixture.ts"
import { onError } from "./problem.ts"
import { observe } from "./request.ts"
import { createRouter } from "./router.ts"

let api: ReturnType<typeof testApi>
beforeEach(() => {
  api = testApi()
})

const appOf = () => {
  const app = createRouter()
  app.onError(onError)
  app.use("*", observe(api.deps))
  app.use("/v1/*", authenticate(createCallers(api.deps)))
  return app.route("/", endpointPreview(api.deps))
}

const preview = async (body: unknown, key = ADMIN_KEY) => {
  const response = await appOf().request("/v1/endpoints/preview", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Answered }
}

const write = async (
  position: number,
  type: string,
  change: (data: Event<"message.received">["data"]) => void = () => {},
) => {
  const row = logRow("a1", position, NOW - 100_000 + position)
  change((row.event as Event<"message.received">).data)
  const written = { ...row, event: { ...row.event, type } } as LogRow
  expect(await api.store.appendEvent(written)).toBe(true)
  return written.event
}

const text = (value: string) => (data: Event<"message.received">["data"]) => void (data.message.text = value)

describe("a preview", () => {
  it("tells how many would have matched, shows three, and names the clause that refused the others", async () => {
    const events: Event[] = []
    for (let position = 1; position <= 12; position++)
      events.push(
        await write(
          position,
          position === 12 ? "message.sent" : "message.received",
          text(position % 3 === 0 ? "an invoice" : "hello"),
        ),
      )
    const filter = { data: { message: { text: [{ wildcard: "*invoice*" }] }, account: { id: ["a1"] } } }
    const { status, body } = await preview({ filter })
    expect(status).toBe(200)
    expect(body).toEqual({
      considered: 12,
      matched: 3,
      samples: [events[8], events[5], events[2]],
      refused: [
        {
          clause: {
            clause: "filter",
            path: "/data/message/text",
            wanted: [{ wildcard: "*invoice*" }],
            found: ["hello"],
          },
          count: 8,
          example: events[10]?.id,
        },
        {
          clause: { clause: "eventTypes", path: "/type", wanted: ["message.received"], found: ["message.sent"] },
          count: 1,
          example: events[11]?.id,
        },
      ],
    })
  })

  it("stands at an endpoint's defaults, and takes what an endpoint shows", async () => {
    const received = await write(1, "message.received")
    const sent = await write(2, "message.sent")
    expect((await preview({})).body).toMatchObject({ considered: 2, matched: 1, samples: [received] })
    expect((await preview({ eventTypes: null, filter: null })).body).toMatchObject({ matched: 1 })
    const all = { considered: 2, matched: 2, samples: [sent, received], refused: [] }
    expect((await preview({ eventTypes: ["*"] })).body).toEqual(all)
    expect(await api.store.listEndpoints()).toEqual([])
  })

  it(`looks at the newest ${PREVIEW_EVENTS_MAX}, however short the store's pages are`, async () => {
    for (let position = 1; position <= PREVIEW_EVENTS_MAX + 5; position++) await write(position, "message.received")
    const { store } = api
    api.deps.store = {
      ...store,
      listEventsLagging: async (filters, page) =>
        store.listEventsLagging(filters, { ...page, limit: Math.min(page.limit, 17) }),
    }
    const oldest = { sequence: [{ numeric: ["<=", 6] }] }
    expect((await preview({ filter: { data: oldest } })).body).toMatchObject({ considered: 100, matched: 1 })
  })

  it("does not look at what retention hides", async () => {
    await write(1, "message.received")
    api.clock.at += api.deps.retentionMs + 1
    expect((await preview({})).body).toEqual({ considered: 0, matched: 0, samples: [], refused: [] })
  })

  it("needs a key", async () => {
    expect((await preview({}, "phk_wrong_0123456789")).status).toBe(401)
  })
})

describe("a bad filter is refused with the path of the mistake", () => {
  const text = (alternative: unknown) => ({ data: { message: { text: [alternative] } } })
  const bad: [unknown, string, string | RegExp][] = [
    ["inbound", "/filter", "must be a JSON object with the fields of an event"],
    [[], "/filter", "must be a JSON object with the fields of an event"],
    [{}, "/filter", "must name a field"],
    [text({ prefix: 5 }), "/filter/data/message/text/0/prefix", "must be a string"],
    [{ data: { mesage: { text: ["x"] } } }, "/filter/data/mesage", /Did you mean "message"/],
    [{ data: { revision: [2] } }, "/filter/data/revision", /no "message.received" event has/],
    [{ "a/b~": [] }, "/filter/a~1b~0", "must have at least one alternative"],
    [{ data: { message: { direction: ["inbund"] } } }, "/filter/data/message/direction/0", /Did you mean "inbound"/],
    [{ id: ["x".repeat(4_096)] }, "/filter", "must be at most 4096 bytes as JSON"],
  ]

  it.each(bad)("%j at %s", async (filter, pointer, message) => {
    const { status, body } = await preview({ filter })
    expect([status, body.code]).toEqual([400, "validation_failed"])
    expect(body.errors).toEqual([{ in: "body", pointer, message: expect.stringMatching(message) as string }])
    expect(body.detail).toContain(body.errors[0]?.message)
  })

  it("also where an endpoint is made", async () => {
    const [, , , [filter, pointer] = []] = bad
    const { status, body } = await api.call("POST", "/v1/endpoints", { url: URL_A, filter })
    expect([status, body.errors[0]?.pointer]).toEqual([400, pointer])
  })

  it("nested however deep", async () => {
    const depth = 20_000
    const response = await appOf().request("/v1/endpoints/preview", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${ADMIN_KEY}` },
      body: `{"filter":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`,
    })
    const { errors } = (await response.json()) as Answered
    expect([response.status, errors]).toEqual([
      400,
      [{ in: "body", pointer: "/filter", message: "must nest at most 6 names" }],
    ])
  })
})

it("what an endpoint's filter is, is shown as it was given", async () => {
  const filter = { data: { message: { subject: [{ "anything-but": { prefix: ["a", "b"] } }, null] } } }
  const made = await api.makeEndpoint({ filter })
  expect(made["filter"]).toEqual(filter)
  expect((await api.call("GET", `/v1/endpoints/${made.id}`)).body["filter"]).toEqual(filter)
  expect((await api.call("PATCH", `/v1/endpoints/${made.id}`, { filter: null })).body["filter"]).toBeNull()
})
