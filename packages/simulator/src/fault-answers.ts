import type { Answer } from "./answer.ts"
import type { ErrorShape, FaultKind, RetryHint } from "./faults.ts"
import { seeded, shuffled } from "./chance.ts"

const HTML = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
const RETRY_AFTER_MS = 30_000
const REASONS: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Your trial has expired. Please subscribe to continue using this feature.",
  404: "LinkedIn account not found or not accessible",
  429: "Rate limit exceeded",
}

export interface RawAnswer {
  status: number
  text: string
  contentType?: string
  headers?: Record<string, string>
}

/** A fault that answers in place of the endpoint; undefined for the faults of the network and for changes to a good answer. */
export function faultAnswer(fault: FaultKind, accountId: string | undefined, now: number): RawAnswer | undefined {
  switch (fault.kind) {
    case "status": {
      const message = fault.message ?? REASONS[fault.status] ?? "Failed to get conversation details"
      return {
        status: fault.status,
        ...errorBody(fault.shape ?? "B", message, accountId, now),
        headers: fault.headers ?? {},
      }
    }
    case "answer":
      return { status: fault.status, text: fault.text, headers: fault.headers ?? {} }
    case "rate-limit":
      return rateLimit(fault.hint ?? "retry-after-seconds", now + (fault.afterMs ?? RETRY_AFTER_MS), now)
    case "not-success":
      return { status: 200, ...errorBody("G", fault.message ?? "LinkedIn did not answer", accountId, now) }
    case "html":
      return { status: 200, ...errorBody("H", "", accountId, now) }
    case "empty":
      return { status: 200, text: "" }
    default:
      return undefined
  }
}

function errorBody(shape: ErrorShape, message: string, accountId: string | undefined, now: number) {
  const issue = { code: "invalid_type", expected: "string", received: "undefined", path: ["accountId"], message }
  const bodies: Record<Exclude<ErrorShape, "H">, unknown> = {
    A: { error: message },
    B: { success: false, error: message },
    "B+": { success: false, error: message, accountId },
    C: { success: false, code: "internal_error", message },
    D: { success: false, error: { name: "ZodError", issues: [issue] } },
    E: { success: false, error: message, holdUntil: new Date(now + RETRY_AFTER_MS).toISOString() },
    F: { success: false, errorDetails: { message } },
    G: { success: false, error: message },
  }
  return shape === "H" ? { text: HTML, contentType: "text/html" } : { text: JSON.stringify(bodies[shape]) }
}

function rateLimit(hint: RetryHint, at: number, now: number): RawAnswer {
  const iso = new Date(at).toISOString()
  const headers: Record<RetryHint, Record<string, string>> = {
    "retry-after-seconds": { "Retry-After": `${Math.ceil((at - now) / 1000)}` },
    "retry-after-date": { "Retry-After": new Date(at).toUTCString() },
    "reset-seconds": { "X-RateLimit-Reset": `${Math.ceil(at / 1000)}` },
    "reset-ms": { "X-RateLimit-Reset": `${at}` },
    "reset-iso": { "X-RateLimit-Reset": iso },
    "hold-until": {},
    none: {},
  }
  const holds = hint === "hold-until" ? { holdUntil: iso } : {}
  const limits = { "X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0" }
  const text = JSON.stringify({ success: false, error: "Rate limit exceeded", ...holds })
  return { status: 429, text, headers: { ...limits, ...headers[hint] } }
}

type Json = Record<string, unknown>
const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const STRANGER_ACCOUNT = "ffffffffffffffffffffffff"
const STRANGER = "urn:li:fsd_profile:ACoAAStrangerExample0000000000000000000"

/** A fault that changes the good answer; every other fault leaves it alone. */
export function changedAnswer(fault: FaultKind, answer: Answer, remembered: (answer: Answer) => Answer): Answer {
  if (fault.kind === "rewrite") return { ...answer, body: fault.change(structuredClone(answer.body)) }
  const { body } = answer
  if (answer.status !== 200 || !isJson(body)) return answer
  const list = Array.isArray(body["conversations"]) ? (body["conversations"] as unknown[]) : undefined
  switch (fault.kind) {
    case "wrong-account":
      return { ...answer, body: strange(body, fault.accountId ?? STRANGER_ACCOUNT, fault.profileUrn ?? STRANGER) }
    case "empty-list":
      return list === undefined ? answer : { ...answer, body: emptied(body) }
    case "stale": {
      const old = list === undefined ? answer : remembered(answer)
      return isJson(old.body) && "fromCache" in old.body ? { ...old, body: { ...old.body, fromCache: true } } : old
    }
    case "unsorted-list":
      return list === undefined ? answer : { ...answer, body: { ...body, conversations: unsorted(list) } }
    default:
      return answer
  }
}

/** Another account's answer under this account's id (upstream trap 22). The v3 dialect echoes the owner only in URNs. */
function strange(body: Json, accountId: string, profileUrn: string): Json {
  if ("profileUrn" in body) return { ...body, accountId, profileUrn }
  const text = JSON.stringify(body).replaceAll(/\(urn:li:fsd_profile:[A-Za-z0-9_-]+,/g, `(${profileUrn},`)
  const swapped = JSON.parse(text) as Json
  return "accounts" in body ? { ...swapped, accounts: [{ id: accountId, name: "Stranger Example" }] } : swapped
}

function unsorted(list: readonly unknown[]): unknown[] {
  const [first, ...rest] = shuffled(list, seeded(list.length))
  return first === list[0] ? [...rest, first] : [first, ...rest]
}

const emptied = (body: Json): Json => ({
  ...body,
  conversations: [],
  ...("total" in body ? { total: 0 } : {}),
  ...("nextCursor" in body ? { nextCursor: null } : {}),
  ...("hasMore" in body ? { hasMore: false } : {}),
})
