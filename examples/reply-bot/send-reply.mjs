const DEADLINE_MS = 30_000
/** Of a connection that was never there. */
const NO_CONNECTION = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]
const AGAIN_MS = 30_000

/** It was not sent, and `retryAfterMs` says when to try again; null: do not. */
export class NotSent extends Error {
  constructor(message, retryAfterMs = null) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Posthorn only reads: a reply goes to ConnectSafely's own API, with its own key. Throws NotSent where ConnectSafely refused; anything
 * else means that nobody knows.
 */
export const createSendReply =
  ({ baseUrl, apiKey }) =>
  async ({ account, conversation }, text) => {
    const response = await fetch(`${baseUrl}/conversations/send`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      // Without an account's id it would take the one most recently used.
      body: JSON.stringify({ accountId: account.id, conversationUrn: conversation.urn, message: text }),
      redirect: "error",
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).catch((error) => {
      throw NO_CONNECTION.includes(error.cause?.code) ? new NotSent("no connection", AGAIN_MS) : error
    })
    if (response.status === 429) {
      const seconds = Number(response.headers.get("retry-after"))
      throw new NotSent("too many requests", 1_000 * (seconds > 0 ? seconds : 60))
    }
    if (response.status >= 400 && response.status < 500) throw new NotSent(`ConnectSafely answered ${response.status}`)
    if (!response.ok) throw new Error(`ConnectSafely answered ${response.status}`)
    // Some refusals come with status 200.
    const { success, error } = await response.json()
    if (success !== true) throw new NotSent(`ConnectSafely refused: ${JSON.stringify(error)}`)
  }
