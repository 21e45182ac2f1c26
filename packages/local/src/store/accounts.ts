import type { DatabaseSync } from "node:sqlite"

import type { Account, AccountProgress, AccountWishes } from "@posthorn/core/account"
import type { AccountStore } from "@posthorn/core/ports"

import type { Writer } from "./writer.ts"
import { published } from "./published.ts"

interface Found {
  body: string
  published: number
}

/** What an earlier form did not have. */
const absent = {
  ...{ label: null, paused: false, pollSeconds: null, jobId: null, pollAskedAt: null, pollAgainAt: null },
  ...{ lastReconciliation: null, reconciling: null },
}

const accountOf = (found: Found): Account => ({
  ...absent,
  ...(JSON.parse(found.body) as Account),
  published: found.published,
})

/** Accounts, and the lease of each, which nobody but its columns shows. */
export const accountStore = (db: DatabaseSync, writer: Writer): AccountStore => {
  const logs = published(db)
  const select = "SELECT body, coalesce(published, 0) AS published FROM accounts LEFT JOIN logs ON log = id"
  const one = db.prepare(`${select} WHERE id = ?`)
  const all = db.prepare(`${select} ORDER BY id`)
  const insert = db.prepare("INSERT INTO accounts (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING")
  const lease = db.prepare(
    `UPDATE accounts SET lease_owner = :owner, lease_until = :until
     WHERE id = :id AND (lease_owner IS NULL OR lease_owner = :owner OR lease_until <= :now)`,
  )
  const leased = db.prepare("SELECT body FROM accounts WHERE id = ? AND lease_owner = ?")
  const save = db.prepare("UPDATE accounts SET body = ?, lease_owner = ? WHERE id = ?")
  const selectBody = db.prepare("SELECT body FROM accounts WHERE id = ?")
  const setBody = db.prepare("UPDATE accounts SET body = ? WHERE id = ?")
  const hint = db.prepare(
    "UPDATE accounts SET hinted_at = :now WHERE id = :id AND (hinted_at IS NULL OR hinted_at <= :before)",
  )
  const setNext = db.prepare("UPDATE accounts SET body = json_set(body, '$.nextPollAt', ?) WHERE id = ?")

  const get = (id: string): Account | null => {
    const found = one.get(id) as unknown as Found | undefined
    return found === undefined ? null : accountOf(found)
  }

  return {
    getAccount: async (id) => get(id),
    listAccounts: async () => (all.all() as unknown as Found[]).map(accountOf),

    createAccount: (account) => {
      const body = JSON.stringify(account)
      return writer.write(
        () => {
          const created = insert.run(account.id, body).changes === 1
          if (created && account.published > 0) logs.raise(account.id, account.published)
          return created
        },
        { durable: true, atomic: true },
      )
    },

    acquireLease: (id, owner, now, until) =>
      writer.write(() => (lease.run({ id, owner, now, until }).changes === 1 ? get(id) : null)),

    saveProgress: (id, owner, progress, release) => {
      const change = JSON.stringify(progress)
      return writer.write(() => {
        const found = leased.get(id, owner) as { body: string } | undefined
        if (found === undefined) return false
        return save.run(changed(found.body, change), release ? null : owner, id).changes === 1
      })
    },

    setNextPollAt: async (id, at) => {
      await writer.write(() => setNext.run(at, id))
    },

    setWishes: (id, wishes) => {
      const change = JSON.stringify(wishes)
      return writer.write(
        () => {
          const found = selectBody.get(id) as { body: string } | undefined
          return found !== undefined && setBody.run(changed(found.body, change), id).changes === 1
        },
        { durable: true },
      )
    },

    claimHint: (id, now, gapMs) => writer.write(() => hint.run({ id, now, before: now - gapMs }).changes === 1),
  }
}

/** A body with some of its fields changed, all three as JSON. */
const changed = (body: string, change: string): string =>
  JSON.stringify({
    ...(JSON.parse(body) as Account),
    ...(JSON.parse(change) as Partial<AccountProgress & AccountWishes>),
  })

/** Gives up all leases. */
export const clearLeases = async (db: DatabaseSync, writer: Writer): Promise<void> => {
  await writer.write(() => db.prepare("UPDATE accounts SET lease_owner = NULL, lease_until = NULL").run())
}
