import { type Attempt, type DeliverMessage, type DeliveryRow } from "../delivery.ts"
import { gateOf, type EndpointRow } from "../endpoint.ts"
import { isOperational, type Event } from "../event.ts"
import type { Post } from "../http.ts"
import { deliveryId } from "../id.ts"
import type { Logger } from "../logger.ts"
import type { LogRow } from "../log-row.ts"
import type { SystemLogDeps } from "../log/system.ts"
import type { DeliveryStore, EndpointStore, LogStore, Queue, RandomBytes, Verdict } from "../ports.ts"
import { MINUTE_MS, SECOND_MS, type Instant } from "../time.ts"
import { decide } from "./decide.ts"
import { disable, holdUntil } from "./endpoint-gate.ts"
import { tellExhausted } from "./exhausted.ts"
import { attemptId, cancelled, DUE_GRACE_MS, exhausted, finished, held, next, plan, withAttempt } from "./plan.ts"
import { send, SEND_DEADLINE_MS, type SendOutcome } from "./send.ts"
import { parseSecret } from "./sign.ts"

/** An endpoint's row is at most this old when its URL is dialled: so old settings are not used much longer than that. */
const ENDPOINT_AGE_MAX_MS = 2 * SECOND_MS
const ENDPOINT_READS_MAX = 3
/** Waits up to this ride on a delayed queue message (SQS's own limit), longer ones on the due index. */
export const QUEUE_DELAY_MAX_MS = 15 * MINUTE_MS

export interface DeliverDeps extends SystemLogDeps {
  store: SystemLogDeps["store"] & LogStore & EndpointStore & DeliveryStore
  queue: Queue<DeliverMessage>
  post: Post
  randomBytes: RandomBytes
  open: (sealed: string, context: string) => string
  logger: Logger
  settings: {
    version: string
    allowPrivateUrls: boolean
    /** Waits between attempts, in ms: n waits, n + 1 attempts. */
    retrySchedule: number[]
    retentionMs: number
  }
}

/** Where a sealed value stands: it opens nowhere else. */
export const secretContext = (endpointId: string): string => `endpoint:${endpointId}:secret`
export const headerContext = (endpointId: string, name: string): string => `endpoint:${endpointId}:header:${name}`

/**
 * One queue message: read the endpoint, claim the attempt, dial, record. What the message is for may have been done, may be under
 * way, or may have to wait: the row tells. The answer says whether the message may be deleted: only after the row was written or
 * read as finished, held or due.
 */
export const deliver = async (message: DeliverMessage, deps: DeliverDeps): Promise<Verdict> => {
  const { store, clock } = deps
  const found = await store.getEvent(message.log, message.position)
  // Before the read, not after it: an answer may be long on its way.
  const readAt = clock.now()
  const endpoint = await store.getEndpoint(message.endpointId)
  // Optimistic: nearly every first message finds no row, and creating it says so.
  let row = message.number === 1 ? null : await store.getDelivery(message.eventId, message.endpointId)
  if (found === null) return await expire(message, deps)

  const claimId = Buffer.from(deps.randomBytes(9)).toString("base64url")
  for (let tries = 0; tries < 2; tries++) {
    const now = clock.now()
    const decision = plan({
      row,
      message,
      event: { type: found.event.type, accountId: accountIdOf(found) },
      gate: gateOf(endpoint, now),
      claimId,
      now,
      attemptsMax: deps.settings.retrySchedule.length + 1,
      retentionMs: deps.settings.retentionMs,
    })
    if (decision.kind === "delete" || decision.kind === "again") return decision
    if (await store.putDelivery(decision.row, row?.version ?? null)) {
      if (decision.kind === "claim" && endpoint !== null)
        return await attempt(decision.row, found.event, endpoint, readAt, deps)
      if (decision.row.status === "exhausted") await tellExhausted(decision.row, deps)
      return { kind: "delete" }
    }
    // Someone was here first. What the row says now decides what becomes of this message.
    row = await store.getDelivery(message.eventId, message.endpointId)
  }
  return { kind: "again", at: clock.now() + SECOND_MS }
}

/** Dials under a claim, and records what came of it. */
const attempt = async (
  claimed: DeliveryRow,
  event: Event,
  read: EndpointRow,
  readAt: Instant,
  deps: DeliverDeps,
): Promise<Verdict> => {
  const { store, clock } = deps
  const claimedUntil = claimed.claim?.until ?? 0
  let endpoint = read
  let at = readAt
  for (let reads = 0; clock.now() - at > ENDPOINT_AGE_MAX_MS; reads++) {
    // A store so slow lets nobody know what holds now: left to the claim's end.
    if (reads === ENDPOINT_READS_MAX) return { kind: "again", at: claimedUntil }
    at = clock.now()
    const again = await store.getEndpoint(read.id)
    const gate = gateOf(again, clock.now())
    if (gate.kind === "hold") return await record(held(claimed, gate.reason, clock.now()), claimed, deps)
    if (gate.kind === "cancel" || again === null)
      return await record(
        cancelled(claimed, gate.kind === "cancel" ? gate.reason : "endpoint_deleted", now(deps)),
        claimed,
        deps,
      )
    endpoint = again
  }
  const startedAt = clock.now()
  // Too late to dial under this claim: it ends as an interrupted attempt, like any that died.
  if (startedAt + SEND_DEADLINE_MS > claimedUntil) return { kind: "again", at: claimedUntil }
  const outcome = await dial(endpoint, event, startedAt, deps)
  logAttempt(claimed, endpoint, outcome, deps.logger)

  const recordedAt = clock.now()
  const trigger = claimed.claim?.trigger ?? "schedule"
  const number = claimed.attemptCount + 1
  const { durationMs, ...rest } = outcome
  const made: Attempt = { id: attemptId(claimed, number), number, trigger, startedAt, durationMs, ...rest }
  const decision = decide({
    outcome: outcome.outcome,
    statusCode: outcome.responseStatus,
    retryAfterSeconds: outcome.retryAfterSeconds,
    trigger,
    scheduledAttempts: claimed.scheduledAttempts,
    schedule: deps.settings.retrySchedule,
    now: recordedAt,
    random: deps.random,
  })
  // The endpoint first: a crash in between leaves a claim that counts as interrupted, and meets the gate when it is looked at again.
  const isGone = decision.kind === "gone" && (await disable(endpoint, "gone", deps))
  if (decision.holdEndpointUntil !== null) await holdUntil(endpoint, decision.holdEndpointUntil, deps)

  const tried = withAttempt(claimed, made)
  const context = now(deps, recordedAt)
  switch (decision.kind) {
    case "succeeded":
      return await record(
        { ...finished(tried, recordedAt, context.retentionMs), status: "succeeded", statusReason: null, work: null },
        claimed,
        deps,
      )
    case "gone":
      // The old address is gone, the new one may not be.
      if (!isGone) return await recordRetry(tried, claimed, recordedAt, recordedAt, deps)
      return await record(cancelled(tried, "endpoint_gone", context), claimed, deps)
    case "exhausted":
      return await record(exhausted(tried, context), claimed, deps)
    case "retry":
      return await recordRetry(tried, claimed, decision.at, recordedAt, deps)
  }
}

const dial = async (endpoint: EndpointRow, event: Event, at: Instant, deps: DeliverDeps): Promise<SendOutcome> => {
  const open = openerOf(endpoint, deps)
  const secrets = endpoint.secrets
    .filter((secret) => secret.expiresAt === null || secret.expiresAt > at)
    .map((secret) => parseSecret(open(secret.sealed, secretContext(endpoint.id))))
  const headers = Object.fromEntries(
    Object.entries(endpoint.headers).map(([name, sealed]) => [name, open(sealed, headerContext(endpoint.id, name))]),
  )
  const request = { url: endpoint.url, eventId: event.id, body: bodyOf(event), secrets, headers }
  const { version, allowPrivateUrls } = deps.settings
  return await send({ ...request, allowPrivate: allowPrivateUrls }, { post: deps.post, clock: deps.clock, version })
}

/**
 * Opens a sealed value once for each row as it was read, by sealed text, which no two values share. A store that hands out the
 * same row until it changes saves a decryption at every attempt; what was opened goes when the row goes.
 */
const openerOf =
  (endpoint: EndpointRow, deps: Pick<DeliverDeps, "open">): DeliverDeps["open"] =>
  (sealed, context) => {
    const known = opened.get(endpoint) ?? new Map<string, string>()
    const plain = known.get(sealed) ?? deps.open(sealed, context)
    opened.set(endpoint, known.set(sealed, plain))
    return plain
  }
const opened = new WeakMap<EndpointRow, Map<string, string>>()

/** Writes the outcome if the claim is still ours. A lost claim records nothing and deletes nothing: the message backs up its new holder. */
const record = async (row: DeliveryRow, claimed: DeliveryRow, deps: DeliverDeps): Promise<Verdict> => {
  if (!(await deps.store.putDelivery(row, claimed.version))) {
    deps.logger.warn("delivery.claim_lost", { deliveryId: deliveryId(row.eventId, row.endpointId) })
    return { kind: "again", at: deps.clock.now() + DUE_GRACE_MS }
  }
  if (row.status === "exhausted") await tellExhausted(row, deps)
  return { kind: "delete" }
}

const recordRetry = async (
  tried: DeliveryRow,
  claimed: DeliveryRow,
  at: Instant,
  recordedAt: Instant,
  deps: DeliverDeps,
): Promise<Verdict> => {
  const rides = at - recordedAt <= QUEUE_DELAY_MAX_MS
  const row: DeliveryRow = {
    ...next(tried, recordedAt),
    status: "retrying",
    statusReason: null,
    nextAttemptAt: at,
    work: { kind: "due", at: rides ? at + DUE_GRACE_MS : at },
  }
  const verdict = await record(row, claimed, deps)
  // The due entry is the timer; the message only brings the wait down to the second. Refused, or lost: the sweep sends it.
  if (verdict.kind === "delete" && rides) await deps.queue.send([wakeUp(row, at)])
  return verdict
}

/** The message that asks for a delivery's next attempt. */
export const wakeUp = (row: DeliveryRow, notBefore: Instant) => ({
  group: row.endpointId,
  notBefore,
  body: {
    v: 1 as const,
    log: row.log,
    position: row.position,
    eventId: row.eventId,
    endpointId: row.endpointId,
    number: row.attemptCount + 1,
  },
})

/** Retention has removed the event: what is still open ends, visibly. */
const expire = async (message: DeliverMessage, deps: DeliverDeps): Promise<Verdict> => {
  const row = await deps.store.getDelivery(message.eventId, message.endpointId)
  if (row === null || row.finishedAt !== null) return { kind: "delete" }
  const ended = await deps.store.putDelivery(cancelled(row, "expired", now(deps)), row.version)
  return ended ? { kind: "delete" } : { kind: "again", at: deps.clock.now() + SECOND_MS }
}

const now = (deps: DeliverDeps, at = deps.clock.now()): { now: Instant; retentionMs: number } => ({
  now: at,
  retentionMs: deps.settings.retentionMs,
})

const accountIdOf = (row: LogRow): string | null =>
  isOperational(row.event.type) || row.event.type === "ping" ? null : row.log

/** Serialised once per event, however many endpoints get it: every attempt signs and sends the same bytes. */
const bodies = new WeakMap<Event, string>()
const bodyOf = (event: Event): string => {
  const known = bodies.get(event)
  if (known !== undefined) return known
  const body = JSON.stringify(event)
  bodies.set(event, body)
  return body
}

/** A hook's path and query are secrets: the host has to do. */
const logAttempt = (row: DeliveryRow, endpoint: EndpointRow, outcome: SendOutcome, logger: Logger): void => {
  const fields = {
    deliveryId: deliveryId(row.eventId, row.endpointId),
    eventId: row.eventId,
    endpointId: row.endpointId,
    host: URL.canParse(endpoint.url) ? new URL(endpoint.url).host : null,
    number: row.attemptCount + 1,
    status: outcome.responseStatus,
    error: outcome.errorKind,
    durationMs: outcome.durationMs,
  }
  if (outcome.outcome === "succeeded") logger.debug("delivery.attempted", fields)
  else logger.warn("delivery.attempted", fields)
}
