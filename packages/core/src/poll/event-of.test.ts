import { expect, it } from "vitest"

import { catalogue, type EventData } from "../event.ts"
import { EVENT_BYTES_MAX } from "../log-row.ts"
import type { ThreadMessage } from "../upstream/thread.ts"
import { diff } from "./diff.ts"
import { rowOf, TEXT_LENGTH_MAX } from "./event-of.ts"
import { account, ACCOUNT_ID, checkpointOf, conversation, message, T } from "./test-samples.ts"

const eventOf = (sent: ThreadMessage, participants = 0) => {
  const people = Array.from({ length: participants }, (_, index) => ({
    id: `p${index}`,
    name: "N".repeat(300),
    headline: "H".repeat(2_000),
    profileUrl: null,
    pictureUrl: null,
    urn: null,
  }))
  const { drafts } = diff(checkpointOf(T, []), {
    accountId: ACCOUNT_ID,
    baselinedAt: T,
    listed: { id: "2-c", createdAt: null },
    messages: [sent],
    unreadable: 0,
  })
  return rowOf(drafts[0]!, {
    account: account(),
    listed: conversation("c", T, { participants: people }),
    participants: null,
    position: 1,
    sequence: 1,
    previous: null,
    seenAt: T + 5,
    backfill: false,
  }).event
}
const textOf = (event: ReturnType<typeof eventOf>) => (event.data as EventData<"message.received">).message

it("is valid by the catalogue's schema", () => {
  const event = eventOf(message("x", T + 1))
  expect(catalogue["message.received"].data.strict().parse(event.data)).toEqual(event.data)
  expect(event.timestamp).toBe("2026-11-14T23:46:40.001Z")
})

it("trap 31: keeps text whole up to the limit, then cuts it, says so, and splits no character", () => {
  expect(textOf(eventOf(message("x", T + 1, { text: "é".repeat(90_000) })))).toMatchObject({ truncated: false })
  const long = textOf(eventOf(message("x", T + 1, { text: `${"a".repeat(TEXT_LENGTH_MAX - 1)}😀tail` })))
  expect(long.truncated).toBe(true)
  expect(long.text).toBe("a".repeat(TEXT_LENGTH_MAX - 1))
})

it("trap 31: fits into one entry even where each character is six bytes and the group is a crowd", () => {
  const event = eventOf(message("x", T + 1, { text: "\u0001".repeat(100_000) }), 500)
  expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(EVENT_BYTES_MAX)
  expect(textOf(event).truncated).toBe(true)
})

it("completes a sender from the participant with the same id, and never by name", () => {
  const alice = { id: "p0", name: null, headline: null, profileUrl: null, pictureUrl: null, urn: null }
  expect(textOf(eventOf(message("x", T + 1, { sender: alice }), 1)).sender?.headline).toContain("HH")
  const namesake = { ...alice, id: "other", name: "N".repeat(300) }
  expect(textOf(eventOf(message("x", T + 1, { sender: namesake }), 1)).sender?.headline).toBeNull()
})
