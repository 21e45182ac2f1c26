import { type Account, type AccountProgress, accountStatuses, type AccountWishes } from "@posthorn/core/account"
import { ACCOUNTS_MAX, type AccountStore } from "@posthorn/core/ports"
import * as z from "zod"

import type { Access } from "./access.ts"
import { absent, type Change, present } from "./expression.ts"
import { front } from "./front.ts"
import { decodeRow, encodeRow, type Field, type Fields, flag, type Item, json, orNull, plain } from "./item.ts"
import { ACCOUNTS, accountKey } from "./keys.ts"

const AccountError = z.object({
  kind: z.string(),
  message: z.string(),
  status: z.number().nullable(),
  at: z.number(),
})
const Quarantined = z.object({
  conversationId: z.string(),
  urn: z.string(),
  failures: z.number(),
  retryAt: z.number(),
  reason: z.string(),
})

const Numbers = z.tuple([z.number(), z.number(), z.number()])
/** Their names would cost more than they do. */
const lastReconciliation: Field<Account["lastReconciliation"]> = {
  attribute: "rec",
  encode: (value) => (value === null ? undefined : JSON.stringify([value.at, value.checked, value.missing])),
  decode: (stored) => {
    if (stored === undefined) return null
    const [at, checked, missing] = Numbers.parse(JSON.parse(z.string().parse(stored)))
    return { at, checked, missing }
  },
}

/** Two writes of this row are all that an idle poll costs, and 1 KB is the step: hence the short names. */
const changeableFields: Fields<AccountProgress & AccountWishes> = {
  name: orNull("name", z.string()),
  publicId: orNull("pub", z.string()),
  profileUrn: orNull("urn", z.string()),
  pictureUrl: orNull("pic", z.string()),
  status: plain("st", z.enum(accountStatuses)),
  statusReason: orNull("why", z.string()),
  statusChangedAt: plain("stAt", z.number()),
  dialect: orNull("dia", z.enum(["legacy", "conversations"])),
  baselinedAt: orNull("base", z.number()),
  watermark: plain("wm", z.number()),
  front,
  quarantine: json("quar", z.array(Quarantined), []),
  freshnessAskedAt: orNull("frAt", z.number()),
  demand: plain("dem", z.number()),
  lastPolledAt: orNull("polAt", z.number()),
  lastAttemptedAt: orNull("attAt", z.number()),
  nextPollAt: plain("nxtAt", z.number()),
  lastMessageAt: orNull("msgAt", z.number()),
  lagMs: orNull("lag", z.number()),
  consecutiveFailures: plain("fails", z.number()),
  lastError: json("err", AccountError.nullable(), null),
  lastReconciliation,
  reconciling: json("recg", z.unknown(), null),
  tracked: plain("trk", z.number()),
  unreadableMessages: plain("unrd", z.number()),
  updatedAt: plain("updAt", z.number()),
  label: orNull("label", z.string()),
  paused: flag("paus"),
  pollSeconds: orNull("every", z.number()),
  jobId: orNull("job", z.string()),
  pollAskedAt: orNull("ask", z.number()),
  pollAgainAt: orNull("agn", z.number()),
}

const fields: Fields<Account> = {
  id: plain("sk", z.string()),
  published: plain("done", z.number()),
  createdAt: plain("creAt", z.number()),
  ...changeableFields,
}

/** The lease is on the row but no part of it as core sees it: `own`, and `til` when it is over by itself. */
const LEASE = { owner: "own", until: "til" }
/** Likewise, when the last hint was taken. */
const HINTED_AT = "hntAt"

const change = (changes: Partial<AccountProgress & AccountWishes>): Required<Omit<Change, "add">> => {
  const set: Item = {}
  const remove: string[] = []
  for (const [name, value] of Object.entries(changes)) {
    const { attribute, encode } = changeableFields[name as keyof typeof changeableFields] as Field<unknown>
    const encoded = encode(value)
    if (encoded === undefined) remove.push(attribute)
    else set[attribute] = encoded
  }
  return { set, remove }
}

export const accountStore = (table: Access): AccountStore => ({
  async getAccount(id) {
    const item = await table.get(accountKey(id))
    return item && decodeRow(fields, item)
  },

  async listAccounts() {
    const items = await table.query({ pk: ACCOUNTS, limit: ACCOUNTS_MAX })
    return items.map((item) => decodeRow(fields, item))
  },

  createAccount: (account) => table.put({ ...accountKey(account.id), ...encodeRow(fields, account) }, absent),

  async acquireLease(id, owner, now, until) {
    const item = await table.update(
      accountKey(id),
      { set: { [LEASE.owner]: owner, [LEASE.until]: until } },
      {
        // Its own holder may ask again: the SDK repeats a request whose answer was lost.
        expression: "attribute_exists(pk) AND (attribute_not_exists(til) OR til <= :now OR own = :owner)",
        values: { ":now": now, ":owner": owner },
      },
    )
    return item && decodeRow(fields, item)
  },

  async saveProgress(id, owner, progress, release) {
    const { set, remove } = change(progress)
    const removed = release ? [...remove, LEASE.owner, LEASE.until] : remove
    const holds = { expression: "own = :owner", values: { ":owner": owner } }
    return (await table.update(accountKey(id), { set, remove: removed }, holds)) !== null
  },

  async setNextPollAt(id, at) {
    // The condition only keeps this from making half a row where there is no account.
    await table.update(accountKey(id), change({ nextPollAt: at }), present)
  },

  setWishes: async (id, wishes) => (await table.update(accountKey(id), change(wishes), present)) !== null,

  async claimHint(id, now, gapMs) {
    const claimed = await table.update(
      accountKey(id),
      { set: { [HINTED_AT]: now } },
      {
        expression: `attribute_exists(pk) AND (attribute_not_exists(${HINTED_AT}) OR ${HINTED_AT} <= :before)`,
        values: { ":before": now - gapMs },
      },
    )
    return claimed !== null
  },
})
