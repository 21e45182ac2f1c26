import { resealEndpoints } from "@posthorn/core/delivery/reseal-endpoints"
import { sweep } from "@posthorn/core/delivery/sweep"
import { restoreJobs } from "@posthorn/core/poll/restore-jobs"

import { clock } from "../deps/clock.ts"
import { deliveryDeps } from "../deps/delivery.ts"
import { logger } from "../deps/logger.ts"
import { seal } from "../deps/seal.ts"
import { store } from "../deps/store.ts"
import { encryptionKeys } from "../runtime.ts"

const never = (): never => {
  throw new Error("the sweep dials nobody")
}

/**
 * Every minute: what is due, what may be let out, what nobody published, jobs that their accounts do not know of, and while a key is
 * being replaced what is under the older. One that fails stops no other, and fails the invocation, which an alarm hears.
 */
export const handler = async (): Promise<void> => {
  const done = await Promise.allSettled([
    sweep({ ...deliveryDeps(), post: never, open: never }),
    restoreJobs({ store: store(), clock, logger }),
    ...(encryptionKeys().length > 1 ? [resealEndpoints({ store: store(), seal: seal(), logger })] : []),
  ])
  const failed = done.find((part) => part.status === "rejected")
  if (failed !== undefined) throw failed.reason as Error
}
