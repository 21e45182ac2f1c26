import * as z from "zod"

import type { Ask } from "./ask.ts"
import type { Question } from "./dialect.ts"
import { Flag, readEach, Text } from "./fields.ts"
import { bodyOf } from "./shape.ts"
import { UpstreamError, type ConversationList, type UpstreamAccount } from "./thread.ts"

/**
 * The accounts that a key covers (upstream docs, section 3): `/accounts`; where an older deployment lacks it, `/account/status` of the default
 * account; and where that names no id either, the account that answers a list which names none.
 */
export async function discoverAccounts(
  ask: Ask,
  listOfDefault: () => Promise<ConversationList>,
): Promise<UpstreamAccount[]> {
  const listed = await unlessMissing(ask, "/accounts")
  if (listed !== null) return accountsIn(listed)

  const status = await unlessMissing(ask, "/account/status")
  const known = status === null ? null : Status.parse(bodyOf(status))
  if (known?.id) return [accountOf(known, known.id)]

  const { accountId } = await listOfDefault()
  if (accountId === null)
    throw new UpstreamError(
      "not_found",
      "ConnectSafely names none of its accounts: give their ids in POSTHORN_ACCOUNT_IDS.",
    )
  return [accountOf(known ?? Status.parse({}), accountId)]
}

const get = (path: string): Question => ({ method: "GET", path, query: {}, body: null })

/** Null where upstream does not have the endpoint. */
async function unlessMissing(ask: Ask, path: string): Promise<unknown> {
  try {
    const reply = await ask(get(path))
    return reply.kind === "redirect" ? null : reply.body
  } catch (error) {
    if (error instanceof UpstreamError && (error.status === 404 || error.status === 405)) return null
    throw error
  }
}

/** A bare array; some public clients expect it wrapped. */
function accountsIn(answer: unknown): UpstreamAccount[] {
  const body = Array.isArray(answer) ? { accounts: answer } : bodyOf(answer)
  const items: unknown = body.accounts ?? body.data
  if (!Array.isArray(items))
    throw new UpstreamError("invalid_answer", "ConnectSafely's answer about its accounts is not a list.")
  return readEach(items, Status).read.flatMap((status) => (status.id === null ? [] : [accountOf(status, status.id)]))
}

const Status = z
  .object({
    id: Text,
    accountId: Text,
    firstName: Text,
    lastName: Text,
    name: Text,
    publicId: Text,
    picture: Text,
    status: Text,
    enabled: Flag,
    hasTokens: Flag,
    apiSeatAllocated: Flag,
  })
  .transform((raw) => ({ ...raw, id: raw.id ?? raw.accountId }))

function accountOf(raw: z.infer<typeof Status>, id: string): UpstreamAccount {
  const names = [raw.firstName, raw.lastName].filter((name) => name !== null)
  return {
    id,
    name: names.length > 0 ? names.join(" ") : raw.name,
    publicId: raw.publicId,
    pictureUrl: raw.picture,
    status: raw.status,
    connected: raw.enabled !== false && raw.hasTokens !== false && raw.apiSeatAllocated !== false,
  }
}
