import { expect, it } from "vitest"

import { diff } from "./diff.ts"
import { rowOf } from "./event-of.ts"
import { fold } from "./fold.ts"
import { account, ACCOUNT_ID, checkpointOf, conversation, message, T } from "./test-samples.ts"

const place = {
  account: account(),
  listed: conversation("c", T + 9),
  participants: null,
  position: 7,
  sequence: 4,
  previous: 3,
  seenAt: T + 10_000,
  backfill: false,
}

it("comes to the same checkpoint from the row as from the draft: a crash before the checkpoint changes nothing", () => {
  const before = checkpointOf(T, [message("a", T + 1)], { upto: 3, sequences: { "message.received": 3 } })
  const next = message("b", T + 2, {
    attachments: [{ type: "image", url: null, name: null }],
    reactions: [{ emoji: "👍", count: 1 }],
  })
  const { drafts, checkpoint } = diff(before, {
    accountId: ACCOUNT_ID,
    baselinedAt: T,
    listed: { id: "2-c", createdAt: null },
    messages: [message("a", T + 1), next],
    unreadable: 0,
  })
  const row = rowOf(drafts[0]!, place)
  expect(fold(before, row)).toEqual(fold(checkpoint, row, drafts[0]!.prints!))
  expect(fold(before, row)).toMatchObject({ upto: 7, lastPosition: 7, sequences: { "message.received": 4 } })
})

it("folds a row once, however often it is found", () => {
  const { drafts } = diff(null, {
    accountId: ACCOUNT_ID,
    baselinedAt: T,
    listed: { id: "2-c", createdAt: null },
    messages: [message("b", T + 2)],
    unreadable: 0,
  })
  const once = fold(checkpointOf(T, []), rowOf(drafts[1]!, place))
  expect(fold(once, rowOf(drafts[1]!, place))).toBe(once)
})
