import { BATCH_MAX, type Clock, type Message, type Queue, type Verdict } from "@posthorn/core/ports"
import { messageOf } from "@posthorn/core/error"
import { type Logger, silentLogger } from "@posthorn/core/logger"
import { type Instant, SECOND_MS } from "@posthorn/core/time"

import type { SqliteStore } from "./store/open.ts"
import { type QueueRow, queueRows } from "./store/queue-rows.ts"
import { createAlarm, type SetTimer, setTimerBy } from "./store/alarm.ts"

/** Which handing out of a message this is. */
export interface Receipt {
  id: number
  /** 1 the first time; counts the times it failed, not those at which it was asked for `again`. */
  received: number
}

export interface LocalQueueDeps<Body> {
  store: Pick<SqliteStore, "db" | "writer">
  /** Queues of several kinds share the table. */
  kind: string
  clock: Clock
  /** Throws on a body that nobody will ever understand. */
  parse: (body: unknown) => Body
  handler: (body: Body, receipt: Receipt) => Promise<Verdict>
  /** Most messages of one group that are handed out at once. */
  perGroup?: number
  logger?: Logger
  setTimer?: SetTimer
}

export interface LocalQueue<Body> extends Queue<Body> {
  start: () => void
  /** Hands out no more, and resolves when what is handed out has been answered, or after `deadlineMs`. */
  stop: (deadlineMs?: number) => Promise<void>
  /** Resolves when no message is ready or handed out. Later ones may wait. */
  idle: () => Promise<void>
  counts: () => { queued: number; inFlight: number; dead: number }
}

/** A handler that has not answered by then has lost its message, as on SQS; one that throws has it back after a multiple. */
export const VISIBILITY_MS = 90 * SECOND_MS
/** A message that failed so often is set aside in `dead_letters`. */
export const RECEIVE_MAX = 10
const PER_GROUP = 50
/** Messages of a group that are read from the table at once. */
const READ_AHEAD = 100
const STOP_MS = 20 * SECOND_MS

/** What is known of a group without asking the table. */
interface Lane {
  name: string
  running: number
  /** Read, not yet handed out. */
  ready: QueueRow[]
  /** In memory, from being read until the table has the answer: not to be read again. */
  taken: Set<number>
  /** No message of the table that is not taken is ready before it. */
  nextAt: Instant
}

interface Flight {
  lane: Lane
  row: QueueRow
  since: Instant
}

/**
 * A queue that survives the process: a message is in its table from `send` until its handler's answer. Who has which message
 * stands in memory alone, so a process that is killed leaves none locked. Each group has its own lane: one whose handlers
 * hang fills its own and no other. Only a group that falls behind is read from the table.
 */
export const createLocalQueue = <Body>(deps: LocalQueueDeps<Body>): LocalQueue<Body> => {
  const { store, clock, parse, handler, kind, perGroup = PER_GROUP, logger = silentLogger } = deps
  const { writer } = store
  const rows = queueRows(store.db, kind)
  const setTimer = deps.setTimer ?? setTimerBy(clock)
  const lanes = new Map<string, Lane>()
  /** In the order in which they were handed out. */
  const flights = new Map<number, Flight>()
  let unsettled = 0
  let running = false
  let waiters: (() => void)[] = []

  const alarm = createAlarm(setTimer, () => {
    loseOverdue()
    // One instant for both: a lane that is not ready at it is woken after it, though the clock goes on in between.
    const now = clock.now()
    for (const lane of [...lanes.values()]) pump(lane, now)
    setAlarm(now)
  })
  const setAlarm = (now: Instant): void => {
    for (const { nextAt } of lanes.values()) if (nextAt > now) alarm.by(nextAt)
    for (const { since } of flights.values()) {
      alarm.by(since + VISIBILITY_MS)
      break
    }
  }

  const laneOf = (name: string): Lane => {
    const known = lanes.get(name)
    if (known !== undefined) return known
    const lane: Lane = { name, running: 0, ready: [], taken: new Set(), nextAt: Infinity }
    lanes.set(name, lane)
    return lane
  }
  const wakeAt = (lane: Lane, at: Instant): void => {
    lane.nextAt = Math.min(lane.nextAt, at)
    if (running && at > clock.now()) alarm.by(at)
  }

  const read = (lane: Lane, now: Instant): void => {
    const limit = READ_AHEAD + lane.taken.size
    const found = rows.ready(lane.name, now, limit)
    for (const row of found) if (!lane.taken.has(row.id)) take(lane, row)
    if (found.length < limit) lane.nextAt = rows.nextAfter(lane.name, now)
    if (lane.nextAt < Infinity && lane.nextAt > now) alarm.by(lane.nextAt)
  }
  const take = (lane: Lane, row: QueueRow): void => {
    lane.taken.add(row.id)
    lane.ready.push(row)
  }

  const pump = (lane: Lane, now = clock.now()): void => {
    if (!running) return
    while (lane.running < perGroup) {
      if (lane.ready.length === 0 && lane.nextAt <= now) read(lane, now)
      const row = lane.ready.shift()
      if (row === undefined) break
      handOut(lane, row, now)
    }
    if (lane.taken.size === 0 && lane.nextAt === Infinity) lanes.delete(lane.name)
  }

  const handOut = (lane: Lane, row: QueueRow, now: Instant): void => {
    let body: Body
    try {
      body = parse(JSON.parse(row.body))
    } catch (error) {
      settle(lane, row, { kind: "dead", reason: messageOf(error) })
      return
    }
    const flight: Flight = { lane, row, since: now }
    lane.running += 1
    flights.set(row.id, flight)
    alarm.by(now + VISIBILITY_MS)
    void answerOf(handler, body, { id: row.id, received: row.received + 1 }).then((answer) => {
      if (flights.get(row.id) === flight) land(flight, answer)
      // Too late, but done is done.
      else if (answer.kind === "delete") void writer.write(() => rows.remove(row.id)).catch(report(lane))
    })
  }
  const land = ({ lane, row }: Flight, answer: Answer): void => {
    flights.delete(row.id)
    lane.running -= 1
    settle(lane, row, answer.kind === "failed" ? afterFailure(row, answer.reason, clock.now()) : answer)
    pump(lane)
  }
  const loseOverdue = (): void => {
    const before = clock.now() - VISIBILITY_MS
    for (const flight of flights.values()) {
      if (flight.since > before) break
      land(flight, { kind: "failed", reason: "no answer in time" })
    }
  }

  const settle = (lane: Lane, row: QueueRow, fate: Fate): void => {
    if (fate.kind === "dead")
      logger.error("queue.dead_letter", { queue: kind, group: lane.name, message: row.id, reason: fate.reason })
    else if (fate.kind === "again" && fate.reason !== undefined)
      logger.warn("queue.failed", { queue: kind, group: lane.name, message: row.id, reason: fate.reason })

    unsettled += 1
    const written = writer.write(
      () => {
        if (fate.kind === "delete") rows.remove(row.id)
        else if (fate.kind === "dead")
          rows.bury(lane.name, { ...row, received: row.received + 1 }, fate.reason, clock.now())
        else rows.postpone(row.id, fate.at, fate.reason === undefined ? row.received : row.received + 1)
      },
      { atomic: fate.kind === "dead" },
    )
    const release = (nextAt: Instant): void => {
      unsettled -= 1
      lane.taken.delete(row.id)
      wakeAt(lane, nextAt)
      pump(lane)
      announce()
    }
    written.then(
      () => release(fate.kind === "again" ? fate.at : Infinity),
      (error: unknown) => {
        // The table still has it as it was: not at once again, or a full disk makes this a loop of deliveries.
        report(lane)(error)
        setTimer(clock.now() + VISIBILITY_MS, () => release(row.notBefore))
      },
    )
  }
  const report =
    (lane: Lane) =>
    (error: unknown): void =>
      logger.error("queue.write_failed", { queue: kind, group: lane.name, error: messageOf(error) })

  const isIdle = (): boolean => {
    const now = clock.now()
    const waits = (lane: Lane): boolean => running && (lane.ready.length > 0 || lane.nextAt <= now)
    return flights.size === 0 && unsettled === 0 && ![...lanes.values()].some(waits)
  }
  const announce = (): void => {
    if (waiters.length === 0 || !isIdle()) return
    const waiting = waiters
    waiters = []
    for (const resolve of waiting) resolve()
  }
  const idle = async (): Promise<void> => {
    if (!isIdle()) await new Promise<void>((resolve) => waiters.push(resolve))
  }

  const send = async ({ body, group, notBefore }: Message<Body>): Promise<string | null> => {
    const text = JSON.stringify(body)
    unsettled += 1
    try {
      const id = await writer.write(() => rows.insert(group, notBefore, text))
      const lane = laneOf(group)
      const now = clock.now()
      const isBehind = lane.nextAt <= now || lane.ready.length >= READ_AHEAD
      if (running && notBefore <= now && !isBehind) take(lane, { id, notBefore, received: 0, body: text })
      else wakeAt(lane, notBefore)
      pump(lane)
      return null
    } catch (error) {
      return messageOf(error)
    } finally {
      unsettled -= 1
      announce()
    }
  }

  return {
    send: async (messages) => {
      if (messages.length > BATCH_MAX)
        throw new RangeError(`${messages.length} messages; at most ${BATCH_MAX} at a time`)
      return Promise.all(messages.map(send))
    },
    start: () => {
      running = true
      for (const { name, at } of rows.groups()) wakeAt(laneOf(name), at)
      const now = clock.now()
      for (const lane of [...lanes.values()]) pump(lane, now)
      setAlarm(now)
    },
    stop: async (deadlineMs = STOP_MS) => {
      running = false
      alarm.cancel()
      const deadline = Promise.withResolvers<undefined>()
      const cancel = setTimer(clock.now() + deadlineMs, () => deadline.resolve(undefined))
      await Promise.race([idle(), deadline.promise])
      cancel()
    },
    idle,
    counts: () => ({ ...rows.counts(), inFlight: flights.size }),
  }
}

type Answer = Verdict | { kind: "failed"; reason: string }

/** What becomes of a message. `reason`: it failed. */
type Fate =
  { kind: "delete" } | { kind: "again"; at: Instant; reason?: string | undefined } | { kind: "dead"; reason: string }

const afterFailure = (row: QueueRow, reason: string, now: Instant): Fate => {
  const received = row.received + 1
  return received >= RECEIVE_MAX
    ? { kind: "dead", reason }
    : { kind: "again", at: now + received * VISIBILITY_MS, reason }
}

const answerOf = async <Body>(
  handler: LocalQueueDeps<Body>["handler"],
  body: Body,
  receipt: Receipt,
): Promise<Answer> => {
  try {
    return await handler(body, receipt)
  } catch (error) {
    return { kind: "failed", reason: messageOf(error) }
  }
}
