import { createBus, ENTRY_BYTES_MAX } from "@posthorn/aws/bus"
import { entryOf } from "@posthorn/aws/bus-event"
import type { Event } from "@posthorn/core/event"
import type { Bus, BusEntry } from "@posthorn/core/ports"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"

import { type Emulator, startEmulator } from "./emulator.ts"
import { whyNoMoto } from "./moto.ts"

const reason = whyNoMoto()

const eventOf = (index: number, text = `Grüße ${String(index)} 👋`): Event =>
  ({
    id: `evt_${String(index)}`,
    type: "message.received",
    timestamp: "2026-11-22T10:00:00.000Z",
    data: { message: { text, nothing: null }, sequence: index },
  }) as unknown as Event
const entry = (index: number, text?: string): BusEntry => ({
  log: "acc/ount é#1",
  position: index,
  event: eventOf(index, text),
})
const entries = (count: number, text?: string): BusEntry[] =>
  Array.from({ length: count }, (_, index) => entry(index + 1, text))

describe.skipIf(reason !== null)(`the bus on EventBridge${reason === null ? "" : `, skipped: ${reason}`}`, () => {
  let emulator: Emulator
  let bus: Bus
  let queueUrl: string
  beforeAll(async () => {
    emulator = await startEmulator()
  }, 60_000)
  afterAll(() => emulator.close())
  beforeEach(async () => {
    const made = await emulator.createBus()
    queueUrl = made.queueUrl
    bus = createBus({ client: emulator.events, busName: made.busName })
  })
  afterEach(() => void (emulator.gateway.fault = null))

  const received = async (count: number): Promise<unknown[]> =>
    (await emulator.receive(queueUrl, count)).map(({ Body }) => JSON.parse(Body!) as unknown)
  /** PutEvents as it arrives at AWS. */
  const spy = (): unknown[][] => {
    const requests: unknown[][] = []
    emulator.gateway.fault = (operation, body) => {
      if (operation === "PutEvents") requests.push(body["Entries"] as unknown[])
      return null
    }
    return requests
  }

  it("brings the event to a rule's target exactly as the API shows it, and where it stands", async () => {
    expect(await bus.publish([entry(7)])).toEqual([null])
    const [delivered] = await received(1)
    expect(delivered).toMatchObject({
      source: "posthorn",
      "detail-type": "message.received",
      detail: eventOf(7),
      time: "2026-11-22T10:00:00Z",
    })
    expect(entryOf(delivered)).toEqual(entry(7))
  })

  it("takes ten at a time, and no more", async () => {
    expect(await bus.publish(entries(10))).toEqual(Array.from({ length: 10 }, () => null))
    expect((await received(10)).map((one) => entryOf(one).position).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ])
    await expect(bus.publish(entries(11))).rejects.toThrow(RangeError)
    expect(await bus.publish([])).toEqual([])
  })

  it("splits what is too much for one request, in order", async () => {
    const requests = spy()
    expect(await bus.publish(entries(5, "x".repeat(100_000)))).toEqual([null, null, null, null, null])
    expect(requests.map((request) => request.length)).toEqual([2, 2, 1])
    expect((requests[1] as { Detail: string }[])[0]!.Detail).toContain('"evt_3"')
  })

  it("refuses for good what no request can hold, and publishes its neighbours", async () => {
    const requests = spy()
    const answers = await bus.publish([entry(1), entry(2, "é".repeat(ENTRY_BYTES_MAX / 2)), entry(3)])
    expect(answers).toEqual([null, { message: expect.stringContaining("256 KB") as string, permanent: true }, null])
    expect(requests.map((request) => request.length)).toEqual([1, 1])
    expect((await received(2)).map((one) => entryOf(one).position).sort()).toEqual([1, 3])
  })

  it.each([
    ["ThrottlingException", false],
    ["InternalFailure", false],
    ["AccessDeniedException", false],
    ["NotAuthorizedForSourceException", false],
    ["InvalidArgument", true],
    ["MalformedDetail", true],
  ])("tells for each entry whether it was taken: %s", async (code, permanent) => {
    emulator.gateway.fault = () => ({
      status: 200,
      body: {
        FailedEntryCount: 1,
        Entries: [{ EventId: "1" }, { ErrorCode: code, ErrorMessage: "why" }, { EventId: "3" }],
      },
    })
    expect(await bus.publish(entries(3))).toEqual([null, { message: `${code} why`, permanent }, null])
  })

  it("does not take silence for a yes", async () => {
    emulator.gateway.fault = () => ({ status: 200, body: { Entries: [{ EventId: "1" }] } })
    expect(await bus.publish(entries(2))).toEqual([null, { message: "no answer", permanent: false }])
  })

  it("finds the entry that spoils a whole request", async () => {
    emulator.gateway.fault = (_, body) =>
      JSON.stringify(body).includes("spoilt")
        ? { status: 400, body: { __type: "ValidationException", message: "not valid" } }
        : null
    expect(await bus.publish([entry(1), entry(2, "spoilt"), entry(3)])).toEqual([
      null,
      { message: "not valid", permanent: true },
      null,
    ])
  })

  it("takes an outage for one", async () => {
    emulator.gateway.fault = () => ({ status: 503, body: { __type: "ServiceUnavailable", message: "away" } })
    expect(await bus.publish(entries(2))).toEqual([
      { message: "away", permanent: false },
      { message: "away", permanent: false },
    ])
  })
})

describe("an event of the bus", () => {
  const delivered = { source: "posthorn", resources: ["posthorn:log/a/1"], detail: { id: "evt_1", type: "ping" } }

  it.each([
    ["of another source", { ...delivered, source: "else" }],
    ["without its place", { ...delivered, resources: [] }],
    ["at no position", { ...delivered, resources: ["posthorn:log/a/0"] }],
    ["of no log", { ...delivered, resources: ["posthorn:log//1"] }],
    ["without an event", { ...delivered, detail: {} }],
  ])("is refused: %s", (_, given) => {
    expect(() => entryOf(given)).toThrow()
  })
})
