import { describe, expect, it } from "vitest"

import type { Event, MessageData } from "../../api/resources.ts"
import { eventTypes } from "../../components/event-types.ts"
import { accountOf, conversationOf, holds, lineOf, titleOf, toldBy, toneOf } from "./told.ts"

const alice = {
  id: null,
  name: "Alice Example",
  headline: "Head of Examples",
  profileUrl: null,
  pictureUrl: null,
  urn: null,
}
const account = { id: "a1", name: "Jane Smith", profileUrn: null }
const conversation = { id: "2-c", urn: "u", url: null, title: null, isGroup: false, participants: [alice] }
const written: MessageData["message"] = {
  id: "2-m",
  urn: "u",
  text: "Hello",
  subject: null,
  sentAt: "2026-11-14T23:46:40.000Z",
  direction: "inbound",
  sender: alice,
  attachments: [],
  reactions: [],
  truncated: false,
}

const event = (type: string, data: unknown): Event =>
  ({ id: "evt_1", type, timestamp: "2026-11-14T23:46:40.000Z", data }) as Event
const message = (changes: Partial<MessageData["message"]> = {}, type = "message.received"): Event =>
  event(type, { account, conversation, message: { ...written, ...changes }, sequence: 1, seenAt: "", backfill: false })

const disabled = (heldCount: number) =>
  event("endpoint.disabled", {
    endpoint: { id: "ep_1", description: null, urlHost: "x.test" },
    reason: "gone",
    heldCount,
  })
const exhausted = (attemptCount: number, lastError: string | null) =>
  event("delivery.exhausted", { delivery: { eventType: "message.received", attemptCount, lastError } })
const status = (reason: string | null) =>
  event("account.status_changed", { account, status: "failing", previousStatus: "healthy", reason, seenAt: "" })
const began = (participants: unknown[]) =>
  event("conversation.created", {
    account,
    conversation: { ...conversation, participants },
    seenAt: "",
    backfill: false,
  })

describe("an event on one line", () => {
  const attachment = { type: "image", url: null, name: null }
  it.each<[string, Event, string]>([
    ["a message is its text", message(), "Hello"],
    ["else its subject", message({ text: " \n", subject: "Offer" }), "Offer"],
    ["else what is attached", message({ text: "", attachments: [attachment] }), "(1 attachment)"],
    ["or how much", message({ text: "", attachments: [attachment, attachment] }), "(2 attachments)"],
    ["a message of nothing says so", message({ text: "" }), "(no text)"],
    ["a conversation names who is in it", began([alice]), "A conversation with Alice Example began"],
    ["or nobody", began([]), "A conversation with nobody else began"],
    [
      "or the first of many, and cannot be turned around by a name",
      began(["A", "\u202EB", null, "D", "E"].map((name) => ({ ...alice, name }))),
      "A conversation with A, B, somebody without a name and 2 more began",
    ],
    ["an account's status, with the reason", status("429"), "healthy → failing: 429"],
    ["and without one", status(null), "healthy → failing"],
    ["an endpoint that was disabled", disabled(1), "x.test is disabled (gone); 1 delivery held"],
    ["with what waits for it", disabled(2), "x.test is disabled (gone); 2 deliveries held"],
    ["a delivery that was given up", exhausted(10, "500"), "message.received given up after 10 attempts: 500"],
    ["without an error", exhausted(1, null), "message.received given up after 1 attempt"],
    ["a test is its note", event("ping", { endpoint: { id: "ep_1" }, note: "It works" }), "It works"],
    ["one's own event is its data", event("custom.deal", { a: [1] }), '{"a":[1]}'],
  ])("%s", (_, given, line) => expect(lineOf(given)).toBe(line))
})

describe("an event's type decides what it tells", () => {
  it.each([{ message: "text" }, { account: 1, conversation: 2, message: null }, { previousStatus: "x" }, {}])(
    "custom data %o is never taken for something of the catalogue",
    (data) => {
      const own = event("custom.deal", data)
      expect(toldBy(own)).toEqual({ kind: "other", data })
      expect(accountOf(own)).toBeNull()
      expect(conversationOf(own)).toBeNull()
    },
  )
  it("has a title and a tone for each type of the catalogue, and for those that come later", () => {
    expect(new Set([...eventTypes, "custom.deal", "message.pinned"].map(titleOf)).size).toBe(eventTypes.length + 2)
    expect(toneOf("constructor")).toBe("idle")
    expect(titleOf("toString")).toBe("Event")
  })
})

describe("the text that filters what is loaded", () => {
  const tall = message({ text: `${"x".repeat(90_000)} needle`, subject: "Offer" })
  it.each(["", "needle", "NEEDLE", "alice offer", "head of", "jane", "message.received"])("finds %o", (text) =>
    expect(holds(tall, text)).toBe(true),
  )
  it.each(["bob", "alice bob", "undefined", "null"])("does not find %o", (text) =>
    expect(holds(tall, text)).toBe(false),
  )
})
