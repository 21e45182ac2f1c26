import type { DeliverMessage } from "../delivery.ts"
import type { Post } from "../http.ts"
import type { Logger } from "../logger.ts"
import type { SystemLogDeps } from "../log/system.ts"
import type { DeliveryStore, EndpointStore, LogStore, Queue, RandomBytes } from "../ports.ts"

/** What delivery and its sweep are handed. */
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
