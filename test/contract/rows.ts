import { newAccount } from "@posthorn/core/poll/discover"
import type { Account, Checkpoint, KnownMessage } from "@posthorn/core/account"
import type { DeliveryRow } from "@posthorn/core/delivery"
import { closedCircuit, type EndpointRow } from "@posthorn/core/endpoint"
import type { Event } from "@posthorn/core/event"
import type { LogRow } from "@posthorn/core/log-row"
import type { Page, PageRequest } from "@posthorn/core/ports"
import { derivedId, shortHash } from "@posthorn/core/id"
import { iso, MINUTE_MS } from "@posthorn/core/time"

/** Rows that are whole and unremarkable; a test changes what it is about. */

export const T0 = Date.UTC(2026, 10, 1)

export const eventId = (name: string | number): string => derivedId("event", "contract", String(name))
export const endpointId = (name: string | number): string => derivedId("endpoint", "contract", String(name))

export const account = (id: string, change: Partial<Account> = {}): Account => ({
  ...newAccount({ id, name: "Ada Lovelace", publicId: "ada", pictureUrl: null }, T0),
  ...change,
})

export const checkpoint = (conversationId: string, change: Partial<Checkpoint> = {}): Checkpoint => ({
  conversationId,
  upto: 1,
  lastPosition: 1,
  sequences: { "message.received": 1 },
  baseline: T0,
  floor: T0,
  known: known(3),
  revisions: {},
  glimpse: { print: shortHash("glimpse"), unread: 1 },
  unreadable: 0,
  ...change,
})

/** `count` known messages; the newest 50 have prints, of every kind. */
export const known = (count: number): KnownMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    hash: shortHash(`message ${String(index)}`),
    sentAt: T0 + index * 7 * MINUTE_MS + (index % 3),
    prints:
      index < count - 50
        ? null
        : {
            text: 0xffff_ffff - index,
            attachments: (index * 257) % 65_536,
            reactions: index % 2 === 0 ? null : (index * 4_099) % 65_536,
          },
  }))

export const event = (id: string, accountId: string, change: Record<string, unknown> = {}): Event => ({
  id,
  type: "account.status_changed",
  timestamp: iso(T0),
  data: {
    account: { id: accountId, name: "Ada Lovelace", profileUrn: null },
    status: "failing",
    previousStatus: "healthy",
    reason: null,
    seenAt: iso(T0),
  },
  ...change,
})

/** A row whose event's id follows from its place. */
export const logRow = (log: string, position: number, change: Partial<LogRow> = {}): LogRow => ({
  log,
  position,
  event: event(eventId(`${log}/${String(position)}`), log),
  seenAt: T0 + position * 1_000,
  conversationId: null,
  sequence: null,
  previous: null,
  forgotten: false,
  ...change,
})

export const endpoint = (id: string, change: Partial<EndpointRow> = {}): EndpointRow => ({
  id,
  version: 1,
  revision: 1,
  url: "https://example.com/hook",
  description: null,
  eventTypes: ["*"],
  filter: null,
  format: "standard",
  ordering: "none",
  headers: {},
  rateLimit: null,
  metadata: {},
  secrets: [{ sealed: "sealed", expiresAt: null }],
  status: "enabled",
  disabledReason: null,
  disabledAt: null,
  circuit: closedCircuit,
  releaser: null,
  rotatedAt: null,
  enabledAt: T0,
  notBefore: null,
  requestHash: null,
  deletedAt: null,
  createdAt: T0,
  updatedAt: T0,
  ...change,
})

export const delivery = (event: string, endpoint: string, change: Partial<DeliveryRow> = {}): DeliveryRow => ({
  eventId: event,
  endpointId: endpoint,
  version: 1,
  log: "acc",
  position: 1,
  eventType: "message.received",
  accountId: "acc",
  status: "pending",
  statusReason: null,
  attempts: [],
  attemptCount: 0,
  scheduledAttempts: 0,
  trigger: "schedule",
  claim: null,
  released: null,
  slot: null,
  jobId: null,
  nextAttemptAt: null,
  work: null,
  createdAt: T0,
  updatedAt: T0,
  finishedAt: null,
  expiresAt: null,
  ...change,
})

/** All rows of a list, page by page; a page that breaks its limit, or a list without an end, is an error. */
export const drain = async <Row>(
  list: (page: PageRequest) => Promise<Page<Row>>,
  limit: number,
  between: (pages: number) => Promise<unknown> = async () => {},
): Promise<Row[]> => {
  const rows: Row[] = []
  let cursor: string | null = null
  for (let pages = 1; pages <= 500; pages += 1) {
    const page: Page<Row> = await list({ limit, cursor })
    if (page.rows.length > limit) throw new Error(`${String(page.rows.length)} rows on a page of ${String(limit)}`)
    rows.push(...page.rows)
    if (page.cursor === null) return rows
    cursor = page.cursor
    await between(pages)
  }
  throw new Error("the list has no end")
}

/** How many of them were true. */
export const successes = (answers: boolean[]): number => answers.filter(Boolean).length
