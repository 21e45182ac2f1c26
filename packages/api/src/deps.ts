import type { DeliverMessage } from "@posthorn/core/delivery"
import type {
  AccountStore,
  Clock,
  DeliveryStore,
  EndpointStore,
  LogStore,
  Queue,
  Random,
  RandomBytes,
} from "@posthorn/core/ports"
import type { Seal } from "@posthorn/core/seal"

import type { Caller } from "./auth.ts"

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
  /** Null where no key was needed, or none was known. */
  keyId: string | null
  /** What went wrong inside, for a 500 only. */
  error: string | null
}

export interface ApiDeps {
  store: AccountStore & LogStore & EndpointStore & DeliveryStore
  queue: Queue<DeliverMessage>
  clock: Clock
  random: Random
  randomBytes: RandomBytes
  seal: Seal
  adminKey: string
  /** Endpoints on this machine and on private networks, and plain http. */
  allowPrivateUrls: boolean
  deployment: Deployment
  /** Asks for a poll of one account as soon as possible. */
  pollNow: (accountId: string) => Promise<void>
  log?: (line: RequestLine) => void
}

/** What travels with a request. */
export interface ApiEnv {
  Variables: {
    requestId: string
    caller: Caller | null
    failure: string | null
  }
}
