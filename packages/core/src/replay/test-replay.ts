import type { DeliveryRow } from "../delivery.ts"
import { newDelivery } from "../delivery/plan.ts"
import { createWorld, ENDPOINT_ID, type World } from "../delivery/test-world.ts"
import type { EndpointRow } from "../endpoint.ts"
import { derivedId } from "../id.ts"
import type { JobRow } from "../job.ts"
import type { LogRow } from "../log-row.ts"
import { newAccount } from "../poll/discover.ts"
import type { AccountStore } from "../ports.ts"
import { SECOND_MS, type Instant } from "../time.ts"
import { createReplay } from "./create.ts"
import type { ReplayRequest } from "./progress.ts"
import { stepJob, type StepDeps } from "./step.ts"

export const ACCOUNT = "acc2"
export const eventIdAt = (position: number, log = ACCOUNT): string => derivedId("event", log, String(position))

/** For tests only: a real store, a log of published events, and a queue of which the job's messages are handed out by hand. */
export interface ReplayWorld extends World {
  replayDeps: StepDeps & { store: StepDeps["store"] & AccountStore }
  /** Endpoints whose releaser was started, in order. */
  started: string[]
  seenAt(position: number): Instant
  append(from: number, to: number, more?: (position: number) => Partial<LogRow>, log?: string): Promise<void>
  deliver(position: number, more: Partial<DeliveryRow>): Promise<DeliveryRow>
  delivery(position: number): Promise<DeliveryRow | null>
  ask(request: Partial<ReplayRequest>, id?: string): Promise<JobRow>
  job(id?: string): Promise<JobRow>
  /** Hands out the job messages that are due, and those that they lead to, up to `most`. Answers how many. */
  work(most?: number): Promise<number>
}

export const JOB_ID = derivedId("job", "test")

export const createReplayWorld = async (): Promise<ReplayWorld> => {
  const world = await createWorld()
  const begin = world.now - 1_000_000 * SECOND_MS
  world.deps.settings = { ...world.deps.settings, retentionMs: 3_000_000 * SECOND_MS }
  await world.store.createAccount(newAccount({ id: ACCOUNT, name: null, publicId: null, pictureUrl: null }, begin))
  const started: string[] = []
  const endpoint = async (): Promise<EndpointRow> => (await world.store.getEndpoint(ENDPOINT_ID))!
  const replayWorld: ReplayWorld = Object.assign(world, {
    started,
    replayDeps: { ...world.deps, store: world.store, startReleaser: async (id: string) => void started.push(id) },
    seenAt: (position: number) => begin + position * SECOND_MS,
    append: async (
      from: number,
      to: number,
      more: (position: number) => Partial<LogRow> = () => ({}),
      log: string = ACCOUNT,
    ) => {
      for (let position = from; position <= to; position++)
        await world.store.appendEvent({
          log,
          position,
          event: {
            id: eventIdAt(position, log),
            type: "message.received",
            timestamp: "2026-11-14T23:46:40.000Z",
            data: {} as never,
          },
          seenAt: begin + position * SECOND_MS,
          conversationId: "2-c",
          sequence: position,
          previous: null,
          forgotten: false,
          ...more(position),
        })
      await world.store.raisePublished(log, to)
    },
    deliver: async (position: number, more: Partial<DeliveryRow>) => {
      const place = { eventId: eventIdAt(position), endpointId: ENDPOINT_ID, log: ACCOUNT, position }
      const event = { type: "message.received", accountId: ACCOUNT }
      const row = { ...newDelivery(place, event, begin + position * SECOND_MS), version: 1, ...more }
      if (!(await world.store.putDelivery(row, null))) throw new Error("there is such a row already")
      return row
    },
    delivery: (position: number) => world.store.getDelivery(eventIdAt(position), ENDPOINT_ID),
    ask: async (request: Partial<ReplayRequest>, id = JOB_ID) => {
      const whole = { since: null, until: null, eventTypes: null, eventIds: null, onlyFailed: false, ...request }
      return (await createReplay(whole, await endpoint(), { id, requestHash: null }, replayWorld.replayDeps))!
    },
    job: async (id = JOB_ID) => (await world.store.getJob(id))!,
    work: async (most = Infinity) => {
      let steps = 0
      while (steps < most) {
        const index = world.sent.findIndex(({ body, notBefore }) => "job" in body && notBefore <= world.now)
        const [message] = index < 0 ? [] : world.sent.splice(index, 1)
        if (message === undefined || !("job" in message.body)) break
        await stepJob(message.body, replayWorld.replayDeps)
        steps++
      }
      return steps
    },
  })
  return replayWorld
}
