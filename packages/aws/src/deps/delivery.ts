import { DEFAULT_SCHEDULE_MS } from "@posthorn/core/delivery/decide"
import type { WorkDeps } from "@posthorn/core/delivery/work"
import { DAY_MS, SECOND_MS } from "@posthorn/core/time"

import { settings } from "../runtime.ts"
import { bus } from "./bus.ts"
import { random, randomBytes } from "./chance.ts"
import { clock } from "./clock.ts"
import { deliveryQueue } from "./delivery-queue.ts"
import { logger } from "./logger.ts"
import { store } from "./store.ts"
import { VERSION } from "./version.ts"

/** What deliver and sweep share: all but the means to dial. */
export const deliveryDeps = (): Omit<WorkDeps, "post" | "open"> => {
  const { retrySeconds, retentionDays } = settings()
  return {
    store: store(),
    bus: bus(),
    queue: deliveryQueue(),
    clock,
    random,
    randomBytes,
    logger,
    settings: {
      version: VERSION,
      // Inside a cloud a private address is somebody's database.
      allowPrivateUrls: false,
      retrySchedule: retrySeconds?.map((wait) => wait * SECOND_MS) ?? [...DEFAULT_SCHEDULE_MS],
      retentionMs: retentionDays * DAY_MS,
    },
  }
}
