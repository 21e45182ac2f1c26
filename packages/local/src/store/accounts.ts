import type { DatabaseSync } from "node:sqlite"

import type { Account } from "@posthorn/core/account"
import type { AccountStore } from "@posthorn/core/ports"

import type { Writer } from "./writer.ts"
import { published } from "./published.ts"

interface Found {
  body: string
  published: number
}

const accountOf = (found: Found): Account => ({ ...(JSON.parse(found.body) as Account), published: found.published })

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
        const body = { ...(JSON.parse(found.body) as Account), ...(JSON.parse(change) as Partial<Account>) }
        return save.run(JSON.stringify(body), release ? null : owner, id).changes === 1
      })
    },

    setNextPollAt: async (id, at) => {
      await writer.write(() => setNext.run(at, id))
    },
  }
}

/** Gives up all leases. */
export const clearLeases = async (db: DatabaseSync, writer: Writer): Promise<void> => {
  await writer.write(() => db.prepare("UPDATE accounts SET lease_owner = NULL, lease_until = NULL").run())
}
