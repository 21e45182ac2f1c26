/**
 * Events as Posthorn sends and lists them (docs/events.md, and `/schemas/<type>.json` of a deployment): the part of them that is
 * shown to Zapier's users. Which members of `data` there are depends on the type.
 */

export interface PersonJson {
  id: string | null
  name: string | null
  headline: string | null
  profileUrl: string | null
  pictureUrl: string | null
}

export interface EventJson {
  id: string
  type: string
  timestamp: string
  data: {
    account?: { id: string; name: string | null }
    conversation?: {
      id: string
      urn: string
      url: string | null
      title: string | null
      isGroup: boolean
      participants: PersonJson[]
    }
    message?: {
      id: string
      urn: string
      text: string
      subject: string | null
      sentAt: string
      direction: string
      sender: PersonJson | null
      attachments: { type: string; url: string | null; name: string | null }[]
      reactions: { emoji: string; count: number }[]
      truncated: boolean
    }
    sequence?: number
    seenAt?: string
    backfill?: boolean
    status?: string
    previousStatus?: string
    reason?: string | null
  }
}

export const triggerTypes = [
  "message.received",
  "message.sent",
  "conversation.created",
  "account.status_changed",
] as const
export type TriggerType = (typeof triggerTypes)[number]

/** Whether parsed JSON is an event at all. Its signature or its source has been checked; its members are trusted. */
export const isEvent = (value: unknown): value is EventJson => {
  const { id, type, timestamp, data } = (value ?? {}) as Partial<Record<keyof EventJson, unknown>>
  return [id, type, timestamp].every((text) => typeof text === "string") && typeof data === "object" && data !== null
}
