import { describe, expect, it } from "vitest"

import type { ThreadMessage } from "../upstream/thread.ts"
import { diff, type Read } from "./diff.ts"
import { ACCOUNT_ID, checkpointOf, message, T } from "./test-samples.ts"

const read = (messages: ThreadMessage[], over: Partial<Read> = {}): Read => ({
  accountId: ACCOUNT_ID,
  baselinedAt: T,
  listed: { id: "2-c", createdAt: null },
  messages,
  unreadable: 0,
  ...over,
})
const types = (drafts: { type: string; message: ThreadMessage | null }[]): string[] =>
  drafts.map((draft) => `${draft.type}${draft.message === null ? "" : ` ${draft.message.id}`}`)

describe("diff", () => {
  const known = [message("a", T + 1_000), message("b", T + 2_000)]

  it("publishes nothing for a page that was read before", () => {
    expect(diff(checkpointOf(T, known), read(known)).drafts).toEqual([])
  })

  it("publishes new messages by sentAt, then id, whatever happened in between", () => {
    const fresh = [message("d", T + 3_000), message("c", T + 4_000), message("e", T + 4_000)]
    expect(types(diff(checkpointOf(T, known), read([...known, ...fresh])).drafts)).toEqual([
      "message.received 2-d",
      "message.received 2-c",
      "message.received 2-e",
    ])
  })

  it("trap 4: gives each account its own event for one message in one conversation", () => {
    const one = diff(checkpointOf(T, []), read([message("x", T + 1)], { accountId: "one" }))
    const two = diff(checkpointOf(T, []), read([message("x", T + 1, { direction: "outbound" })], { accountId: "two" }))
    expect(one.drafts[0]?.id).not.toBe(two.drafts[0]?.id)
    expect([one.drafts[0]?.type, two.drafts[0]?.type]).toEqual(["message.received", "message.sent"])
  })

  it("trap 6: finds a second message of a millisecond whose first is known", () => {
    const tie = message("tie", T + 2_000)
    expect(types(diff(checkpointOf(T, known), read([...known, tie])).drafts)).toEqual(["message.received 2-tie"])
  })

  it("trap 7: finds a message that comes in late, below the newest known", () => {
    const late = message("late", T + 1_500)
    expect(types(diff(checkpointOf(T, known), read([...known, late])).drafts)).toEqual(["message.received 2-late"])
  })

  it("trap 9: goes by upstream's times alone: a message from far ahead of our clock is new, one from the baseline is not", () => {
    const ahead = message("ahead", T + 365 * 86_400_000)
    const { drafts } = diff(checkpointOf(T, []), read([message("old", T), ahead]))
    expect(types(drafts)).toEqual(["message.received 2-ahead"])
  })

  it("trap 13: tells the owner's own message as sent, and one without a known sender as unattributed", () => {
    const { drafts } = diff(
      checkpointOf(T, []),
      read([message("own", T + 1, { direction: "outbound" }), message("who", T + 2, { direction: "unknown" })]),
    )
    expect(types(drafts)).toEqual(["message.sent 2-own", "message.unattributed 2-who"])
  })

  it("trap 19: a conversation first seen later tells what is above the account's baseline, and keeps its history silent", () => {
    const { drafts } = diff(null, read([message("old", T - 5_000), message("edge", T), message("new", T + 1)]))
    expect(types(drafts)).toEqual(["message.received 2-new"])
  })

  it("tells of a conversation that began after the baseline, before its messages", () => {
    expect(types(diff(null, read([message("hi", T + 1)])).drafts)).toEqual([
      "conversation.created",
      "message.received 2-hi",
    ])
  })

  it("does not call a conversation new that upstream says is older than the baseline", () => {
    const { drafts } = diff(null, read([message("hi", T + 1)], { listed: { id: "2-c", createdAt: T - 1 } }))
    expect(types(drafts)).toEqual(["message.received 2-hi"])
  })

  it("trap 28: an edit is an update with a revision, never a second message; a message that vanished is nothing", () => {
    const before = checkpointOf(T, known)
    const { drafts } = diff(before, read([message("b", T + 2_000, { text: "edited" })]))
    expect(drafts.map((draft) => [draft.type, draft.update])).toEqual([
      ["message.updated", { revision: 2, changes: ["text"] }],
    ])
    const again = diff(
      { ...before, revisions: { [before.known[1]!.hash]: 2 } },
      read([message("b", T + 2_000, { text: "again" })]),
    )
    expect(again.drafts[0]?.update?.revision).toBe(3)
    expect(again.drafts[0]?.id).not.toBe(drafts[0]?.id)
  })

  it("trap 29: a reaction is an update that says no more than that counts changed", () => {
    const { drafts } = diff(
      checkpointOf(T, known),
      read([message("b", T + 2_000, { reactions: [{ emoji: "👍", count: 1 }] })]),
    )
    expect(drafts[0]?.update).toEqual({ revision: 2, changes: ["reactions"] })
  })

  it("takes a field that the dialect lacks for unchanged, and learns it when it comes", () => {
    const bare = diff(checkpointOf(T, known), read(known.map((one) => ({ ...one, reactions: null }))))
    expect(bare.drafts).toEqual([])
    const withoutReactions = checkpointOf(
      T,
      known.map((one) => ({ ...one, reactions: null })),
    )
    const reacted = known.map((one) => ({ ...one, reactions: [{ emoji: "👍", count: 1 }] }))
    const learnt = diff(withoutReactions, read(reacted))
    expect(learnt.drafts).toEqual([])
    const more = known.map((one) => ({ ...one, reactions: [{ emoji: "👍", count: 2 }] }))
    expect(diff(learnt.checkpoint, read(more)).drafts).toHaveLength(2)
  })

  it("takes a new URL of the same attachments for unchanged: they are signed anew at every read", () => {
    const file = (url: string) => [message("f", T + 1, { attachments: [{ type: "file", url, name: null }] })]
    expect(diff(checkpointOf(T, file("https://x/1")), read(file("https://x/2"))).drafts).toEqual([])
  })

  it("has the same id for a message whichever poll finds it", () => {
    const one = diff(checkpointOf(T, []), read([message("x", T + 1)]))
    const other = diff(checkpointOf(T, known), read([...known, message("x", T + 1)]))
    expect(one.drafts[0]?.id).toBe(other.drafts[0]?.id)
  })
})
