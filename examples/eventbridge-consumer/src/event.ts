/**
 * Of Posthorn's events what this app uses. All fields, and the other types, are in Posthorn's `/asyncapi.json` and
 * `/schemas/<type>.json`; unknown ones will come, and are to be ignored.
 */
export interface MessageEvent {
  /** The same each time this event comes: what to deduplicate by. */
  id: string
  type: string
  /** When it happened, ISO 8601. */
  timestamp: string
  data: {
    account: { id: string; name: string | null }
    conversation: { id: string; url: string | null }
    message: {
      id: string
      text: string
      direction: "inbound" | "outbound" | "unknown"
      sender: { id: string | null; name: string | null } | null
    }
    /** 1, 2, 3 … per account, conversation and type. */
    sequence: number
  }
}

/** What a rule hands to its target: EventBridge's envelope around Posthorn's event. */
export interface BusEvent {
  source: "posthorn"
  "detail-type": string
  detail: MessageEvent
}
