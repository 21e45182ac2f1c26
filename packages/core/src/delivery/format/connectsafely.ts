import { createHmac } from "node:crypto"

import type { Event, EventData } from "../../event.ts"
import { SECOND_MS } from "../../time.ts"
import { SECRET_PREFIX } from "../sign.ts"
import type { FormatHeaders, RenderContext } from "./context.ts"
import { isMessage, isType } from "./is-type.ts"
import { httpsUrl } from "./url.ts"

/**
 * The body of ConnectSafely's native webhook: `message.received` has its fields and no other. It has no other event; its docs
 * promise that only events will be added, so ours come in its envelope under their own names, and code written for it skips
 * them. The other message types have the native fields and more; the rest have our `data`.
 */
export const connectsafelyBody = (event: Event): unknown => ({
  event: event.type,
  object: "event",
  data: isMessage(event) ? { ...nativeOf(event.data), ...moreOf(event) } : event.data,
})

const nativeOf = ({ account, conversation, message }: EventData<"message.received">): Record<string, unknown> => {
  const messageUrn = urnOf("messagingMessage", message.id)
  return {
    id: messageUrn,
    message_urn: messageUrn,
    account_id: account.id,
    provider: "LINKEDIN",
    sender: {
      id: message.sender?.urn ?? null,
      name: message.sender?.name ?? null,
      profile_url: httpsUrl(message.sender?.profileUrl ?? null),
      profile_picture: httpsUrl(message.sender?.pictureUrl ?? null),
    },
    body: message.text,
    timestamp: message.sentAt,
    conversation_id: urnOf("messagingThread", conversation.id),
    attachments: message.attachments.map(({ type, url, name }) => ({ type, url: httpsUrl(url), name })),
  }
}

const moreOf = (event: Event): Record<string, unknown> => {
  if (isType(event, "message.updated")) {
    const { message, revision, changes } = event.data
    return { direction: message.direction, revision, changes, reactions: message.reactions }
  }
  if (isType(event, "message.sent", "message.unattributed")) return { direction: event.data.message.direction }
  return {}
}

/** Sales Navigator's ids are whole URNs already. */
const urnOf = (kind: string, id: string): string => (id.startsWith("urn:") ? id : `urn:li:${kind}:${id}`)

/**
 * Its signature covers the raw body alone, keyed with the secret's text (`whsec_` included), since its own code hands the text
 * it was shown to HMAC as it is. It has room for one signature: the newest secret's. Receivers also ask for the timestamp.
 */
export const connectsafelyHeaders = (body: string, { secrets, at }: RenderContext): FormatHeaders => {
  const [secret] = secrets
  if (secret === undefined) return { headers: {}, signatures: [] }
  const text = SECRET_PREFIX + Buffer.from(secret).toString("base64")
  const signature = createHmac("sha256", text).update(body).digest("hex")
  return {
    headers: {
      "x-webhook-signature": `sha256=${signature}`,
      "x-webhook-timestamp": String(Math.floor(at / SECOND_MS)),
    },
    signatures: [signature],
  }
}
