import { baseUrlOf } from "./base-url.ts"
import { type Platform, platform as ownPlatform } from "./platform.ts"
import { Accounts } from "./resources/accounts.ts"
import { Deliveries } from "./resources/deliveries.ts"
import { Endpoints } from "./resources/endpoints.ts"
import { Events } from "./resources/events.ts"
import { Jobs } from "./resources/jobs.ts"
import { Keys } from "./resources/keys.ts"
import { type CallOptions, createSend, type Fetch } from "./transport.ts"
import type { Health, Me, Stats, Time } from "./types.ts"
import { VERSION } from "./version.ts"

const RETRIES = 3
const RETRIES_MAX = 20
const TIMEOUT_MS = 30_000

export interface ClientOptions {
  /** The address of your deployment, like `https://posthorn.example.com`, without `/v1`. */
  url: string
  /** A key of it, `phk_…`. */
  key: string
  /** Instead of the runtime's own: for a proxy, or a test. */
  fetch?: Fetch | undefined
  /** How often a call is tried again, 0 to 20; 3 when left out. What cannot be repeated safely is not. */
  retries?: number | undefined
  /** Of each try, to the end of its answer; 30,000 when left out. */
  timeoutMs?: number | undefined
  /** Your program's name, put in front of the SDK's own. */
  userAgent?: string | undefined
  /** Lets the key travel unencrypted to another machine: for a network that is your own. */
  allowHttp?: boolean | undefined
}

export interface StatsQuery {
  since?: Time | undefined
  until?: Time | undefined
  endpointId?: string | undefined
}

/** A deployment's API. Every call rejects with a `PosthornError` when it fails. */
export interface Client {
  readonly endpoints: Endpoints
  readonly events: Events
  readonly deliveries: Deliveries
  readonly accounts: Accounts
  readonly jobs: Jobs
  readonly keys: Keys
  /** Which key this is, and of which deployment: good for a connection test. */
  me: (options?: CallOptions) => Promise<Me>
  /** Whether the deployment is there; needs no key. */
  health: (options?: CallOptions) => Promise<Health>
  /** Approximate figures, per minute and per endpoint. */
  stats: (query?: StatsQuery, options?: CallOptions) => Promise<Stats>
}

/** A client of one deployment. Throws a TypeError, which never holds the key, where an option cannot be used. */
export const createClient = (options: ClientOptions, platform: Platform = ownPlatform): Client => {
  const { retries = RETRIES, timeoutMs = TIMEOUT_MS, userAgent } = options
  if (!Number.isInteger(retries) || retries < 0 || retries > RETRIES_MAX)
    throw new TypeError(`retries: must be a whole number from 0 to ${String(RETRIES_MAX)}`)
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31))
    throw new TypeError("timeoutMs: must be a number of milliseconds above 0")
  const send = createSend(
    {
      baseUrl: baseUrlOf(options.url, { allowHttp: options.allowHttp ?? false }),
      key: keyOf(options.key),
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      retries,
      timeoutMs,
      userAgent: `${userAgent === undefined ? "" : `${visible(userAgent)} `}posthorn-sdk/${VERSION}`,
    },
    platform,
  )
  return {
    endpoints: new Endpoints(send),
    events: new Events(send, platform),
    deliveries: new Deliveries(send),
    accounts: new Accounts(send),
    jobs: new Jobs(send, platform),
    keys: new Keys(send),
    me: (call = {}) => send("GET /v1/me", call),
    health: (call = {}) => send("GET /health", call),
    stats: (query = {}, call = {}) => send("GET /v1/stats", { ...call, query: { ...query } }),
  }
}

/** Checked here, since `fetch` would show a key with a line break in it in its error. */
const keyOf = (key: unknown): string => {
  if (typeof key === "string" && /^[\x21-\x7e]+$/.test(key)) return key
  throw new TypeError("key: must be a key of the deployment, phk_…, without spaces or line breaks around it")
}

const visible = (userAgent: string): string => {
  if (/^[\x20-\x7e]+$/.test(userAgent)) return userAgent
  throw new TypeError("userAgent: must be visible ASCII characters")
}
