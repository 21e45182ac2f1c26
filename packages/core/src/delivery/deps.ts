import type { DeliveryMessage } from "../delivery.ts"
import type { Post } from "../http.ts"
import type { Logger } from "../logger.ts"
import type { SystemLogDeps } from "../log/system.ts"
import type { DeliveryStore, EndpointStore, LogStore, Queue, RandomBytes, SlotStore } from "../ports.ts"
import type { Counter } from "../stats/collect.ts"
import type { CircuitSettings } from "./circuit.ts"

/** What delivery and its sweep are handed. */
export interface DeliverDeps extends SystemLogDeps {
  store: SystemLogDeps["store"] & LogStore & EndpointStore & DeliveryStore & SlotStore
  queue: Queue<DeliveryMessage>
  post: Post
  randomBytes: RandomBytes
  open: (sealed: string, context: string) => string
  logger: Logger
  /** Nobody counts where it is absent. */
  counter?: Counter
  settings: {
    version: string
    allowPrivateUrls: boolean
    /** Waits between attempts, in ms: n waits, n + 1 attempts. */
    retrySchedule: number[]
    retentionMs: number
    /** DEFAULT_CIRCUIT where it is absent. */
    circuit?: CircuitSettings
    /** How often `sweep` is called; a minute where it is absent. */
    sweepMs?: number
  }
}
