import type { DatabaseSync } from "node:sqlite"

import type { Checkpoint } from "@posthorn/core/account"
import type { CheckpointStore } from "@posthorn/core/ports"
import { decodeKnown, encodeKnown } from "@posthorn/core/poll/known"

import type { Writer } from "./writer.ts"

interface Found {
  body: string
  known: Uint8Array
}

/** How far each conversation has been read. */
export const checkpointStore = (db: DatabaseSync, writer: Writer): CheckpointStore => {
  const select = db.prepare("SELECT body, known FROM checkpoints WHERE account_id = ? AND conversation_id = ?")
  const insert = db.prepare(
    "INSERT INTO checkpoints (upto, body, known, account_id, conversation_id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  )
  const update = db.prepare(
    "UPDATE checkpoints SET upto = ?, body = ?, known = ? WHERE account_id = ? AND conversation_id = ? AND upto = ?",
  )

  return {
    getCheckpoint: async (accountId, conversationId) => {
      const found = select.get(accountId, conversationId) as Found | undefined
      if (found === undefined) return null
      return { ...(JSON.parse(found.body) as Omit<Checkpoint, "known">), known: decodeKnown(found.known) }
    },

    putCheckpoint: async (accountId, { known, ...rest }, expectedUpto) => {
      const row = [rest.upto, JSON.stringify(rest), encodeKnown(known), accountId, rest.conversationId] as const
      return writer.write(
        () => (expectedUpto === null ? insert.run(...row) : update.run(...row, expectedUpto)).changes === 1,
      )
    },
  }
}
