import { DeliveryMessage } from "@posthorn/core/delivery"
import { work } from "@posthorn/core/delivery/work"

import { batch } from "../batch.ts"
import { clock } from "../deps/clock.ts"
import { counter } from "../deps/counter.ts"
import { deliveryDeps } from "../deps/delivery.ts"
import { logger } from "../deps/logger.ts"
import { post } from "../deps/post.ts"
import { seal } from "../deps/seal.ts"
import { sqs } from "../deps/sqs.ts"
import { putOffIn } from "../put-off.ts"
import { deliveryQueueUrl } from "../runtime.ts"

/** The only function that dials subscribers. */
export const handler = batch({
  schema: DeliveryMessage,
  putOff: (record, until) => putOffIn({ client: sqs(), url: deliveryQueueUrl(), clock })(record, until),
  logger,
  run: (message) => work(message, { ...deliveryDeps(), counter: counter(), post, open: seal().open }),
  finish: () => counter().flush(),
})
