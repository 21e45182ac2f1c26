import type { Account } from "./model.ts"
import type { World } from "./world.ts"

export type Dialect = "legacy" | "conversations"
export type Generation = "v1" | "v2"
export type Anchor = "inclusive" | "exclusive"

/** How this upstream behaves where the vendor's documents leave it open. A test may change it while clients are at work. */
export interface Settings {
  apiKey: string | undefined
  dialect: Dialect
  generation: Generation
  /** the default page, and the most that a page holds */
  listPage: number | undefined
  threadPage: number | undefined
  /** whether a message at the very ms of `deliveredAt`, `since` or `cursor` is in the page (undocumented) */
  anchor: Anchor
  requestsPerMinute: number | undefined
}

/** One request, as the endpoints see it. */
export interface Call {
  world: World
  settings: Settings
  method: string
  path: string
  query: Readonly<Record<string, string>>
  body: Readonly<Record<string, unknown>>
}

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export const ok = (body: unknown): Answer => ({ status: 200, body })
/** Error shape A (upstream README 5). */
export const shapeA = (status: number, error: string): Answer => ({ status, body: { error } })
/** Error shape B. */
export const shapeB = (status: number, error: string, context: object = {}): Answer => ({
  status,
  body: { success: false, error, ...context },
})
/** Error shape C. */
export const shapeC = (status: number, code: string, message: string): Answer => ({
  status,
  body: { success: false, code, message },
})

const OBJECT_ID = /^[0-9a-f]{24}$/i
const NO_SUCH_ACCOUNT = "LinkedIn account not found or not accessible"
const TRIAL_EXPIRED = "Your trial has expired. Please subscribe to continue using this feature."

/**
 * The account a call is about. Without an `accountId` it is the one most recently used, so it may change under a careless
 * client (upstream README 0.5).
 */
export function accountOf(call: Call, given = call.query["accountId"]): Account | Answer {
  if (given !== undefined && !OBJECT_ID.test(given)) return shapeA(400, "Invalid account ID format")
  const recent = [...call.world.accounts.values()].sort((left, right) => right.lastUsedAt - left.lastUsedAt)[0]
  return (given === undefined ? recent : call.world.accounts.get(given)) ?? shapeA(404, NO_SUCH_ACCOUNT)
}

/** The account, if LinkedIn can be read through it: calls for an account in `ERROR` fail until repaired (upstream README 3). */
export function usableAccount(call: Call, failure: string): Account | Answer {
  const account = accountOf(call)
  if (isAnswer(account)) return account
  if (!account.apiSeatAllocated) return shapeA(403, TRIAL_EXPIRED)
  if (!account.enabled) return shapeB(403, "LinkedIn account is disconnected")
  // "redirect" in the text of a 5xx: session trouble, as two public clients have seen (upstream README 5).
  if (account.status === "ERROR" || !account.hasTokens) return shapeB(500, `${failure}: too many redirects`)
  account.lastUsedAt = call.world.now()
  return account
}

export const isAnswer = (value: object): value is Answer => "status" in value && "body" in value

/** A whole number from the query, or what stands in for it. */
export function numberOf(text: string | undefined, fallback: number): number {
  const value = text === undefined || text === "" ? Number.NaN : Number(text)
  return Number.isFinite(value) && value >= 0 ? Math.floor(value) : fallback
}

/** The page asked for, within what this upstream gives. */
export function pageOf(
  asked: string | undefined,
  configured: number | undefined,
  fallback: number,
  max: number,
): number {
  const size = configured ?? fallback
  return Math.min(Math.max(1, numberOf(asked, size)), configured ?? max)
}
