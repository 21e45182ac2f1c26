import { randomBytes } from "node:crypto"
import type { AddressInfo } from "node:net"

import { type ServerType, serve } from "@hono/node-server"
import { createApi } from "@posthorn/api/app"
import { createEndpoint, openSecret } from "@posthorn/api/endpoint-create"
import { patchEndpoint } from "@posthorn/api/endpoint-write"
import { ownFiles } from "@posthorn/api/static-files"
import { DeliveryMessage } from "@posthorn/core/delivery"
import { DEFAULT_SCHEDULE_MS } from "@posthorn/core/delivery/decide"
import { type CircuitSettings, DEFAULT_CIRCUIT } from "@posthorn/core/delivery/circuit"
import { resealEndpoints } from "@posthorn/core/delivery/reseal-endpoints"
import { sweep } from "@posthorn/core/delivery/sweep"
import { work, type WorkDeps } from "@posthorn/core/delivery/work"
import { messageOf } from "@posthorn/core/error"
import { fanout } from "@posthorn/core/fanout/fanout"
import type { Logger } from "@posthorn/core/logger"
import { discover } from "@posthorn/core/poll/discover"
import { poll } from "@posthorn/core/poll/poll"
import { restoreJobs } from "@posthorn/core/poll/restore-jobs"
import { takeRequest } from "@posthorn/core/poll/take-request"
import { type Clock, ENDPOINTS_MAX } from "@posthorn/core/ports"
import { createSeal } from "@posthorn/core/seal"
import type { Settings } from "@posthorn/core/settings"
import { createCollector } from "@posthorn/core/stats/collect"
import { DAY_MS, SECOND_MS } from "@posthorn/core/time"
import { createUpstream } from "@posthorn/core/upstream/client"
import { createPost } from "@posthorn/http/post"
import { createRequest } from "@posthorn/http/request"

import { createLocalBus } from "./bus.ts"
import { DEMO_ENDPOINT_ID, DEMO_IDEMPOTENCY, DEMO_PATH, demoReceiver } from "./demo.ts"
import { createLocalQueue } from "./queue.ts"
import { every } from "./repeat.ts"
import { createRequestLimit } from "./request-limit.ts"
import { createSchedule } from "./schedule.ts"
import { createSignInCode } from "./sign-in-code.ts"
import { openStore, type SqliteStore } from "./store/open.ts"
import { VERSION } from "./version.ts"

const SWEEP_MS = 5 * SECOND_MS
/** What was counted is shown so late. */
const COUNTS_MS = SECOND_MS
const DISCOVER_MS = 600 * SECOND_MS
const PURGE_MS = 3_600 * SECOND_MS
/** Someone who stops Posthorn waits so long for what is under way. */
const STOP_MS = SECOND_MS

export interface RuntimeOptions {
  settings: Settings
  /** File of the store; `:memory:` keeps nothing. */
  path: string
  upstream: { baseUrl: string; apiKey: string }
  adminKey: string
  encryptionKeys: Uint8Array[]
  /** Instead of the circuit's own numbers: a test turns time faster. */
  circuit?: CircuitSettings
  logger: Logger
  /** Lines for the person at the terminal; null: no demo receiver. */
  say: ((line: string) => void) | null
}

/** The whole of Posthorn in this process. */
export interface Runtime {
  url: string
  /** Signs in to the dashboard as the admin key, once, within an hour: for the person at the terminal. */
  signInCode: string
  store: SqliteStore
  /** How many accounts discovery made or found. Throws UpstreamError where upstream cannot be asked. */
  discover(): Promise<number>
  /** Polls, deliveries and sweeps begin. */
  start(): void
  /** The demo's endpoint, made at the first start; a deleted one stays deleted. */
  registerDemo(): Promise<void>
  /** Resolves when no message waits to be delivered now. */
  idle(): Promise<void>
  sweep(): Promise<unknown>
  pollNow(accountId: string): Promise<void>
  stop(): Promise<void>
}

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

export const createRuntime = async (options: RuntimeOptions): Promise<Runtime> => {
  const { settings, logger } = options
  const store = openStore({ path: options.path })
  await store.clearLeases()
  const ended = await store.endClaims()
  if (ended > 0) logger.warn("delivery.claims_ended", { claims: ended })
  const bytes = (size: number): Uint8Array => randomBytes(size)
  const seal = createSeal({ keys: options.encryptionKeys, randomBytes: bytes })
  if (options.encryptionKeys.length > 1) await resealEndpoints({ store, seal, logger }, ENDPOINTS_MAX)
  const random = Math.random
  const request = createRequest()
  const { post, close: closePosts } = createPost()
  const upstream = createUpstream({ request, clock, dialect: settings.connectsafelyDialect, ...options.upstream })

  const queue = createLocalQueue<DeliveryMessage>({
    store,
    kind: "deliver",
    clock,
    logger,
    parse: (body) => DeliveryMessage.parse(body),
    handler: (message) => work(message, deliverDeps),
  })
  const bus = createLocalBus([(entry) => fanout(entry, { store, queue, clock })])
  const counter = createCollector({ store, clock, logger })
  const deliverDeps: WorkDeps = {
    store,
    bus,
    queue,
    clock,
    random,
    randomBytes: bytes,
    logger,
    counter,
    post,
    open: seal.open,
    settings: {
      version: VERSION,
      allowPrivateUrls: settings.allowPrivateUrls,
      retrySchedule: settings.retrySeconds?.map((wait) => wait * SECOND_MS) ?? [...DEFAULT_SCHEDULE_MS],
      retentionMs: settings.retentionDays * DAY_MS,
      circuit: options.circuit ?? DEFAULT_CIRCUIT,
      sweepMs: SWEEP_MS,
    },
  }
  const schedule = createSchedule({
    store,
    clock,
    logger,
    settings: {
      intervalMs: settings.pollSeconds * SECOND_MS,
      requestsPerMinute: settings.requestsPerMinute,
      accountIds: settings.accountIds,
    },
    poll: (message, pollSettings) =>
      poll(message, { store, bus, upstream, clock, randomBytes: bytes, logger, counter, settings: pollSettings }),
  })
  const pollNow = async (accountId: string): Promise<void> => {
    await store.setWishes(accountId, { pollAskedAt: clock.now() })
    schedule.wake()
  }
  const signIn = createSignInCode({ clock, randomBytes: bytes })
  const api = createApi({
    store,
    queue,
    bus,
    logger,
    retentionMs: deliverDeps.settings.retentionMs,
    takeRequest: createRequestLimit(),
    takeSignInCode: signIn.take,
    upstream,
    takeUpstreamRequest: () =>
      takeRequest({ store, clock, settings: { requestsPerMinute: settings.requestsPerMinute } }),
    hintSecret: settings.hintSecret,
    clock,
    random,
    randomBytes: bytes,
    seal,
    adminKey: options.adminKey,
    allowPrivateUrls: settings.allowPrivateUrls,
    deployment: { name: "posthorn", stage: "local", version: VERSION, upstream: settings.upstream },
    staticFiles: ownFiles(),
    pollNow,
    log: (line) =>
      line.status >= 500 ? logger.error("api.request", { ...line }) : logger.debug("api.request", { ...line }),
  })
  if (options.say !== null)
    api.route(
      "/",
      demoReceiver({ store, say: options.say, now: () => clock.now(), secretOf: (row) => openSecret(row, seal) }),
    )

  const server = await listen(api.fetch, settings)
  const url = `http://${hostOf(settings.host)}:${(server.address() as AddressInfo).port}`
  const find = (): Promise<number> => discover({ store, upstream, clock, accountIds: settings.accountIds })
  const guarded = (fact: string, work: () => Promise<unknown>) => async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      logger.error(fact, { error: messageOf(error) })
    }
  }
  const repeats = [
    every(
      SWEEP_MS,
      guarded("sweep.failed", () => sweep(deliverDeps)),
    ),
    every(
      SWEEP_MS,
      guarded("sweep.failed", () => restoreJobs({ store, clock, logger })),
    ),
    every(COUNTS_MS, () => counter.flush()),
    every(DISCOVER_MS, guarded("discover.failed", find)),
    every(
      PURGE_MS,
      guarded("purge.failed", () => store.purge(clock.now(), deliverDeps.settings.retentionMs)),
    ),
  ]

  return {
    url,
    signInCode: signIn.code,
    store,
    discover: find,
    start: () => {
      queue.start()
      schedule.start()
      for (const repeat of repeats) repeat.start()
    },
    registerDemo: async () => {
      const demoUrl = `${url}${DEMO_PATH}`
      const known = await store.getEndpoint(DEMO_ENDPOINT_ID)
      const deps = { store, clock, randomBytes: bytes, seal, allowPrivateUrls: true }
      const description = "Demo receiver, built in: prints to the terminal"
      if (known === null) await createEndpoint({ url: demoUrl, description, eventTypes: ["*"] }, DEMO_IDEMPOTENCY, deps)
      else if (known.deletedAt === null && known.url !== demoUrl) await patchEndpoint(known.id, { url: demoUrl }, deps)
    },
    idle: () => queue.idle(),
    sweep: () => sweep(deliverDeps),
    pollNow,
    stop: async () => {
      // What hangs is cut off: polls go on from the log, and a delivery's claim counts as interrupted.
      const ended = Promise.all([...repeats.map((repeat) => repeat.stop()), schedule.stop(), queue.stop(STOP_MS)])
      await Promise.race([ended, clock.sleep(STOP_MS)])
      await new Promise((resolve) => {
        server.close(resolve)
        if ("closeAllConnections" in server) server.closeAllConnections()
      })
      await counter.flush()
      request.close()
      closePosts()
      await store.close()
    },
  }
}

const hostOf = (host: string): string => (host.includes(":") ? `[${host}]` : host)

const listen = async (
  fetch: (request: Request) => Response | Promise<Response>,
  settings: Settings,
): Promise<ServerType> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch, port: settings.port, hostname: settings.host }, () => resolve(server))
    server.once("error", reject)
  })
