import type { Checkpoint } from "@posthorn/core/account"
import { decodeKnown, encodeKnown } from "@posthorn/core/poll/known"
import type { CheckpointStore } from "@posthorn/core/ports"
import * as z from "zod"

import type { Access } from "./access.ts"
import { unchanged } from "./expression.ts"
import { decodeRow, encodeRow, type Field, type Fields, json, orNull, plain } from "./item.ts"
import { checkpointKey } from "./keys.ts"

const known: Field<Checkpoint["known"]> = {
  attribute: "known",
  encode: (messages) => (messages.length === 0 ? undefined : encodeKnown(messages)),
  decode: (stored) => (stored === undefined ? [] : decodeKnown(z.instanceof(Uint8Array).parse(stored))),
}

const Counts = z.record(z.string(), z.number())

/** Written with every event: each KB of it is a write unit. */
type Body = Omit<Checkpoint, "conversationId">
const fields: Fields<Body> = {
  upto: plain("upto", z.number()),
  lastPosition: orNull("last", z.number()),
  sequences: json("seqs", Counts, {}),
  baseline: plain("base", z.number()),
  floor: plain("floor", z.number()),
  known,
  revisions: json("revs", Counts, {}),
  glimpse: json("glimpse", z.object({ print: z.string(), unread: z.number() }).nullable(), null),
  unreadable: plain("unrd", z.number()),
}

export const checkpointStore = (table: Access): CheckpointStore => ({
  async getCheckpoint(accountId, conversationId) {
    const item = await table.get(checkpointKey(accountId, conversationId))
    return item && { conversationId, ...decodeRow(fields, item) }
  },

  putCheckpoint: (accountId, checkpoint, expectedUpto) =>
    table.put(
      { ...checkpointKey(accountId, checkpoint.conversationId), ...encodeRow<Body>(fields, checkpoint) },
      unchanged("upto", expectedUpto),
    ),
})
