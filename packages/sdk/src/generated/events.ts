// Made by `npm run check -- --fix` from the catalogue of events. Not to be edited by hand.

export interface Participant {
  /** LinkedIn's profile id; null for an organisation or LinkedIn itself */
  id: string | null
  name: string | null
  headline: string | null
  /** `/in/ACoAA…`: not the vanity address */
  profileUrl: string | null
  /** expires: fetch it soon or not at all */
  pictureUrl: string | null
  urn: string | null
}

export interface Attachment {
  type: string
  url: string | null
  name: string | null
}

export interface Reaction {
  emoji: string
  count: number
}

export interface EventAccount {
  id: string
  name: string | null
  profileUrn: string | null
}

export interface EventConversation {
  id: string
  urn: string
  url: string | null
  title: string | null
  isGroup: boolean
  /** without the account's owner */
  participants: Participant[]
}

export interface EventMessage {
  id: string
  urn: string
  /** "" when there is none; cut at 100,000 characters */
  text: string
  subject: string | null
  /** ISO 8601, UTC, with milliseconds */
  sentAt: string
  direction: "inbound" | "outbound" | "unknown"
  sender: Participant | null
  attachments: Attachment[]
  reactions: Reaction[]
  truncated: boolean
}

export interface MessageData {
  account: EventAccount
  conversation: EventConversation
  message: EventMessage
  /** 1, 2, 3 … per account, conversation and type, in the order of publication */
  sequence: number
  /** ISO 8601, UTC, with milliseconds */
  seenAt: string
  backfill: boolean
}

/** Someone else wrote in a conversation of the account. */
export interface MessageReceivedEvent {
  /** the same each time this event is sent */
  id: string
  type: "message.received"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: MessageData
}

/** The account's owner wrote, from any device. */
export interface MessageSentEvent {
  /** the same each time this event is sent */
  id: string
  type: "message.sent"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: MessageData
}

/** A message of which upstream does not say who wrote it. */
export interface MessageUnattributedEvent {
  /** the same each time this event is sent */
  id: string
  type: "message.unattributed"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: MessageData
}

/** Text, attachments or reaction counts of a known message changed. */
export interface MessageUpdatedEvent {
  /** the same each time this event is sent */
  id: string
  type: "message.updated"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: {
    account: EventAccount
    conversation: EventConversation
    message: EventMessage
    /** 1, 2, 3 … per account, conversation and type, in the order of publication */
    sequence: number
    /** ISO 8601, UTC, with milliseconds */
    seenAt: string
    backfill: boolean
    revision: number
    changes: ("text" | "attachments" | "reactions")[]
  }
}

/** A conversation that began after the account's baseline. */
export interface ConversationCreatedEvent {
  /** the same each time this event is sent */
  id: string
  type: "conversation.created"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: {
    account: EventAccount
    conversation: EventConversation
    /** ISO 8601, UTC, with milliseconds */
    seenAt: string
    backfill: boolean
  }
}

/** Polling of an account starts to fail, or recovers. */
export interface AccountStatusChangedEvent {
  /** the same each time this event is sent */
  id: string
  type: "account.status_changed"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: {
    account: EventAccount
    status: string
    previousStatus: string
    reason: string | null
    /** ISO 8601, UTC, with milliseconds */
    seenAt: string
  }
}

/** Posthorn stopped sending to an endpoint. */
export interface EndpointDisabledEvent {
  /** the same each time this event is sent */
  id: string
  type: "endpoint.disabled"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: {
    endpoint: {
      id: string
      description: string | null
      urlHost: string
    }
    reason: "gone" | "failing"
    heldCount: number
  }
}

/** A delivery used up its attempts; it stays listed and can be sent again. */
export interface DeliveryExhaustedEvent {
  /** the same each time this event is sent */
  id: string
  type: "delivery.exhausted"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: {
    delivery: {
      id: string
      eventId: string
      eventType: string
      endpointId: string
      attemptCount: number
      lastError: string | null
    }
  }
}

/** A test event, on request, for one endpoint alone. */
export interface PingEvent {
  /** the same each time this event is sent */
  id: string
  type: "ping"
  /**
   * ISO 8601, UTC, with milliseconds: when it happened; when we saw it, where upstream does not say
   */
  timestamp: string
  data: {
    endpoint: {
      id: string
    }
    note: string
  }
}

/** An event of your own, made with `POST /v1/events`: `data` is what was sent with it. */
export interface CustomEvent {
  id: string
  type: `custom.${string}`
  /**
   * ISO 8601, UTC, with milliseconds: when it was published
   */
  timestamp: string
  data: {
    [key: string]: unknown
  }
}

/** An event of a type that this version of the package knows. */
export type KnownEvent =
  | MessageReceivedEvent
  | MessageSentEvent
  | MessageUnattributedEvent
  | MessageUpdatedEvent
  | ConversationCreatedEvent
  | AccountStatusChangedEvent
  | EndpointDisabledEvent
  | DeliveryExhaustedEvent
  | PingEvent

/**
 * The body of a webhook. A union over `type`: in `case "message.received"` the compiler knows `data`. A later Posthorn may send
 * types that are not listed here, to endpoints that ask for `["*"]`: keep a `default` that ignores them.
 */
export type PosthornEvent = KnownEvent | CustomEvent

/** The types of `KnownEvent`. */
export const eventTypes = [
  "message.received",
  "message.sent",
  "message.unattributed",
  "message.updated",
  "conversation.created",
  "account.status_changed",
  "endpoint.disabled",
  "delivery.exhausted",
  "ping",
] as const
