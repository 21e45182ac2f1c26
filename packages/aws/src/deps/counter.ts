import { createCollector } from "@posthorn/core/stats/collect"

import { clock } from "./clock.ts"
import { logger } from "./logger.ts"
import { once } from "./once.ts"
import { store } from "./store.ts"

/** Written at the end of each batch: behind a handler's answer an instance stands still. */
export const counter = once(() => createCollector({ store: store(), clock, logger }))
