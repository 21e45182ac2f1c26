import type { DeliveryMessage } from "@posthorn/core/delivery"
import type {
  AccountStore,
  Bus,
  CheckpointStore,
  Clock,
  DeliveryStore,
  EndpointStore,
  JobStore,
  KeyStore,
  LogStore,
  Queue,
  Random,
  RandomBytes,
  SessionStore,
  StatsStore,
} from "@posthorn/core/ports"
import type { Logger } from "@posthorn/core/logger"
import type { Seal } from "@posthorn/core/seal"

import type { Instant } from "@posthorn/core/time"
import type { Upstream } from "@posthorn/core/upstream/thread"

import type { Caller } from "./caller.ts"
import type { StaticFiles } from "./static-files.ts"

/** What a deployment is, as `GET /v1/me` tells it. */
export interface Deployment {
  name: string
  stage: string
  version: string
  upstream: "connectsafely" | "simulator" | "not_configured"
}

/** One line per request. Never a query, a body, a key or an address of a subscriber. */
export interface RequestLine {
  method: string
  /** The pattern, `/v1/endpoints/:id`; `unmatched` where no route fits. */
  route: string
  status: number
  ms: number
  requestId: string
  /** A session's is that of its key. Null where no key was needed, or none was known. */
  keyId: string | null
  /** What went wrong inside, for a 500 only. */
  error: string | null
}

export interface ApiDeps {
  store: AccountStore &
    Pick<CheckpointStore, "getCheckpoint"> &
    LogStore &
    EndpointStore &
    DeliveryStore &
    JobStore &
    KeyStore &
    SessionStore &
    StatsStore
  queue: Queue<DeliveryMessage>
  bus: Bus
  clock: Clock
  random: Random
  randomBytes: RandomBytes
  seal: Seal
  adminKey: string
  /** Endpoints on this machine and on private networks, and plain http. */
  allowPrivateUrls: boolean
  deployment: Deployment
  /** What is older is hidden, whether or not its row is still there. */
  retentionMs: number
  staticFiles: StaticFiles
  /** Asks for a poll of one account as soon as possible. */
  pollNow: (accountId: string) => Promise<void>
  /** Null where there is no key for it. */
  upstream: Pick<Upstream, "listConversations" | "readThread" | "sendTyping"> | null
  /** Takes one of the requests to upstream that are kept back from polls. */
  takeUpstreamRequest: () => Promise<boolean>
  /** Null: there is no route for hints. */
  hintSecret: string | null
  /** Counts a request of this key; how many ms it has to wait, 0 when it may pass. Left out where the platform limits requests. */
  takeRequest?: (keyId: string) => Promise<number>
  /** True once, for the code that signs in as the admin key. Left out where nobody could have read one. */
  takeSignInCode?: (code: string) => boolean
  logger: Logger
  log?: (line: RequestLine) => void
}

/** What travels with a request. */
export interface ApiEnv {
  Variables: {
    requestId: string
    caller: Caller | null
    /** Null where a key was sent. */
    session: { expiresAt: Instant } | null
    failure: string | null
  }
}
