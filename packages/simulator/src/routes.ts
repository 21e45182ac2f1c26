import { accountQuota, accountsList, accountStatus } from "./accounts.ts"
import { shapeA, shapeC, type Answer, type Call } from "./answer.ts"
import { conversationMessages, conversationsList, syncStatus } from "./conversations.ts"
import { conversationDetails, recentMessages } from "./legacy.ts"
import { sideEffect } from "./side-effects.ts"

export const RECENT_MESSAGES = "/linkedin/messaging/recent-messages"
export const CONVERSATION_DETAILS = "/linkedin/messaging/conversation-details"
const MESSAGES = /^\/linkedin\/conversations\/([^/]+)\/messages$/
const STATUS = /^\/linkedin\/account\/([^/]+)\/status$/
const QUOTA = /^\/linkedin\/account\/([^/]+)\/quota$/

/**
 * The endpoint of a call, once it is let in. Both dialects' reads are there at any time; the dialect says whether the legacy
 * ones answer for themselves or redirect, so a test may change `settings.dialect` under a running client.
 */
export function route(call: Call): Answer {
  const { method, path, settings } = call
  const written = sideEffect(call)
  if (written !== undefined) return written
  if (method !== "GET") return shapeA(404, "Not found")

  if (path === "/linkedin/account/status") return accountStatus(call)
  const status = STATUS.exec(path)?.[1]
  if (status !== undefined) return accountStatus(call, decodeURIComponent(status))
  if (path === "/linkedin/accounts") return accountsList(call)
  const quota = QUOTA.exec(path)?.[1]
  if (quota !== undefined) return accountQuota(call, decodeURIComponent(quota))

  const location = settings.dialect === "conversations" ? conversationsLocation(call) : undefined
  if (location !== undefined)
    return { ...shapeC(307, "deprecated", "This endpoint has moved"), headers: { Location: location } }
  if (path === RECENT_MESSAGES) return recentMessages(call)
  if (path === CONVERSATION_DETAILS) return conversationDetails(call)
  if (path === "/linkedin/conversations") return conversationsList(call)
  if (path === "/linkedin/conversations/sync/status") return syncStatus(call)
  const urn = MESSAGES.exec(path)?.[1]
  return urn === undefined ? shapeA(404, "Not found") : conversationMessages(call, decodeURIComponent(urn))
}

/**
 * Where a deprecated read redirects to (upstream README 4.3). Which parameters carry over is undocumented: here all but
 * the URN, which becomes a path segment, so anchors arrive under names that v3 ignores.
 */
export function conversationsLocation({ path, query }: Pick<Call, "path" | "query">): string | undefined {
  const { conversationUrn, ...rest } = query
  const search = new URLSearchParams(rest).toString()
  const suffix = search === "" ? "" : `?${search}`
  if (path === RECENT_MESSAGES) return `/linkedin/conversations${suffix}`
  if (path !== CONVERSATION_DETAILS) return undefined
  return `/linkedin/conversations/${encodeURIComponent(conversationUrn ?? "")}/messages${suffix}`
}
