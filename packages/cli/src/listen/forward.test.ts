import type { PosthornEvent } from "@posthorn/sdk"
import { afterEach, describe, expect, it } from "vitest"

import { type Answer, startReceiver } from "../../../../test/receiver.ts"
import { forward } from "./forward.ts"

const event = { id: "evt_1", type: "custom.x", timestamp: "2026-11-22T10:00:00.000Z", data: {} } as PosthornEvent
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** How long the second try would wait; nobody waits for it. */
const waitAfter = async (answer: Answer): Promise<number | null> => {
  const receiver = await startReceiver()
  cleanups.push(() => receiver.close())
  receiver.answer(answer)
  const ending = new AbortController()
  const waits: (number | null)[] = []
  const result = await forward(event, {
    url: receiver.url,
    secret: new Uint8Array(32),
    skipFailed: false,
    signal: ending.signal,
    onTry: (_, __, waitMs) => {
      waits.push(waitMs)
      ending.abort()
    },
  })
  expect(result).toBe("interrupted")
  return waits[0] ?? null
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Of a clock that is wrong by years: only the difference may count. */
const date = "Sun, 22 Nov 2020 08:00:00 GMT"

describe("the wait before an event is sent again", () => {
  it.each<[string, number, Record<string, string>, number]>([
    ["nothing is asked for", 503, {}, 1_000],
    ["less is asked for than we wait by ourselves", 503, { "retry-after": "0" }, 1_000],
    ["seconds", 429, { "retry-after": "7200" }, 2 * HOUR_MS],
    ["a date, by the receiver's own clock", 503, { "retry-after": "Sun, 22 Nov 2020 11:00:00 GMT", date }, 3 * HOUR_MS],
    ["more than a day", 503, { "retry-after": "9".repeat(12) }, DAY_MS],
    ["what cannot be read", 503, { "retry-after": "5.5" }, 1_000],
    ["with a status that has no Retry-After", 500, { "retry-after": "7200" }, 1_000],
  ])("%s", async (_, status, headers, waitMs) => {
    expect(await waitAfter({ status, headers })).toBe(waitMs)
  })
})
