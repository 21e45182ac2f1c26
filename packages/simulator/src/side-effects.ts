import { accountOf, isAnswer, ok, shapeB, type Answer, type Call } from "./answer.ts"

const NEEDS_CONVERSATION: Readonly<Record<string, string>> = {
  "/linkedin/messaging/mark-seen": "Conversation marked as seen successfully",
  "/linkedin/messaging/typing-indicator": "Typing indicator sent successfully",
}
const OTHERS: Readonly<Record<string, string>> = {
  "/linkedin/messaging/mark-all-read": "All messages marked as read successfully",
  "/linkedin/messaging/send": "Message sent successfully",
  "/linkedin/messaging/send-with-typing": "Message sent successfully",
  "/linkedin/message": "Message sent successfully",
  "/linkedin/conversations/send": "Message sent successfully",
  "/linkedin/conversations/sync": "Sync started",
  "/linkedin/conversations/refresh": "Refresh started",
}

/**
 * The endpoints that change the user's inbox (upstream README 2.4). They answer as documented, change nothing here, and
 * are recorded in `world.sideEffects`, so that a test can assert that the relay called none (upstream trap 36).
 */
export function sideEffect(call: Call): Answer | undefined {
  const needsUrn = NEEDS_CONVERSATION[call.path]
  const message = needsUrn ?? OTHERS[call.path]
  if (call.method === "GET" || message === undefined) return undefined
  const urn = typeof call.body["conversationUrn"] === "string" ? call.body["conversationUrn"] : null
  const given = call.body["accountId"]
  const account = accountOf(call, typeof given === "string" ? given : undefined)
  if (isAnswer(account)) return account
  const action = call.path.replace("/linkedin/", "")
  call.world.recordSideEffect({ action, accountId: account.id, conversationUrn: urn, at: call.world.now() })
  if (needsUrn !== undefined && urn === null) return shapeB(400, "conversationUrn is required")
  if (needsUrn !== undefined) return ok({ success: true, accountId: account.id, conversationUrn: urn, message })
  if (action.includes("send") || action === "message") {
    const recipientProfileUrn = call.body["recipientProfileUrn"] ?? account.profileUrn
    const typing = action.endsWith("with-typing") ? { typingIndicatorSent: true } : {}
    return ok({ success: true, message, recipientProfileUrn, ...typing })
  }
  if (action === "conversations/sync") return ok({ success: true, accountId: account.id, ...SYNCED })
  return ok({ success: true, accountId: account.id, message })
}

const SYNCED = { conversationsProcessed: 0, messagesProcessed: 0, durationMs: 0, durationSeconds: "0.00", error: null }
