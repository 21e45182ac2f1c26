import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"

import type { Event } from "../../event.ts"
import { render } from "./format.ts"
import { receivedWith, testEvents } from "./test-events.ts"

interface Body {
  event: string
  is_sender: boolean | null
  sender: { attendee_provider_id: string | null }
  attendees: { attendee_provider_id: string | null }[]
  account_info: { user_id: string }
  attachments: Record<string, unknown>[]
}

const bodyOf = (event: Event | undefined) =>
  JSON.parse(render("unipile", event!, { secrets: [], at: 0 }).body) as Body & Record<string, unknown>

const vendor = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../../../test/fixtures/formats/vendor/${name}`, import.meta.url), "utf8"),
  ) as Body & Record<string, unknown>

const typesOf = (value: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [name, typeof each]))

describe("a message", () => {
  const example = vendor("unipile.v1.message-received.json")

  test("has every field of Unipile's published example, of the same type", () => {
    const ours = bodyOf(testEvents["message.received"])
    expect(typesOf(ours)).toMatchObject(typesOf(example))
    expect(typesOf(ours.sender)).toEqual(typesOf(example.sender))
    expect(typesOf(ours.attendees[0]!)).toEqual(typesOf(example.attendees[0]!))
    expect(ours["account_type"]).toBe(example["account_type"])
    expect(ours.event).toBe(example.event)
  })

  test("sent by the owner is message_received too, told apart in both ways that tools use", () => {
    const [sent, received] = [bodyOf(testEvents["message.sent"]), bodyOf(testEvents["message.received"])]
    expect([sent.event, received.event]).toEqual(["message_received", "message_received"])
    expect([sent.is_sender, received.is_sender]).toEqual([true, false])
    expect(sent.sender.attendee_provider_id === sent.account_info.user_id).toBe(true)
    expect(received.sender.attendee_provider_id === received.account_info.user_id).toBe(false)
    expect(sent.attendees.find((each) => each.attendee_provider_id !== sent.account_info.user_id)).toBe(
      sent.attendees[0],
    )
  })

  test("nobody is said to have written is never message_received", () => {
    expect(bodyOf(testEvents["message.unattributed"])).toMatchObject({ event: "message_unattributed", is_sender: null })
  })

  test("that changed is message_edited, but a reaction of nobody known is no message_reaction", () => {
    expect(bodyOf(testEvents["message.updated"]).event).toBe("message_edited")
    expect(bodyOf(testEvents["message.updated, reactions alone"]).event).toBe("message_updated")
  })

  test("its attachments carry both spellings, of https alone", () => {
    const attachments = [
      { type: "image", url: "https://media.licdn.com/1", name: null },
      { type: "unknown", url: "data:text/html,x", name: "x" },
    ]
    expect(bodyOf(receivedWith({ attachments })).attachments).toEqual([
      {
        type: "img",
        url: "https://media.licdn.com/1",
        attachment_type: "img",
        attachment_url: "https://media.licdn.com/1",
        attachment_name: null,
      },
      { type: "file", url: null, attachment_type: "file", attachment_url: null, attachment_name: "x" },
    ])
  })
})

test("an account's status has the shape and the words of Unipile's account webhook", () => {
  const event = testEvents["account.status_changed"] as Event<"account.status_changed">
  const bodies = ["healthy", "baselining", "stale", "failing", "auth_failed", "disconnected", "new in 2030"].map(
    (status) => bodyOf({ ...event, data: { ...event.data, status } }),
  )
  const words = bodies.map((body) => (body["AccountStatus"] as { message: string }).message)
  expect(words).toEqual(["OK", "CONNECTING", "ERROR", "ERROR", "ERROR", "CREDENTIALS", "ERROR"])
  const example = vendor("unipile.v1.account-status.json")
  expect(Object.keys(bodies[0]!["AccountStatus"] as object)).toEqual(Object.keys(example["AccountStatus"] as object))
})
