import { DeliverMessage } from "@posthorn/core/delivery"
import { deliver } from "@posthorn/core/delivery/deliver"

import { batch } from "../batch.ts"
import { clock } from "../deps/clock.ts"
import { deliveryDeps } from "../deps/delivery.ts"
import { logger } from "../deps/logger.ts"
import { post } from "../deps/post.ts"
import { seal } from "../deps/seal.ts"
import { sqs } from "../deps/sqs.ts"
import { putOffIn } from "../put-off.ts"
import { deliveryQueueUrl } from "../runtime.ts"

/** The only function that dials subscribers. */
export const handler = batch({
  schema: DeliverMessage,
  putOff: (record, until) => putOffIn({ client: sqs(), url: deliveryQueueUrl(), clock })(record, until),
  logger,
  run: (message) => deliver(message, { ...deliveryDeps(), post, open: seal().open }),
})
