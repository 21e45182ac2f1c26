import type { DeliveryMessage } from "@posthorn/core/delivery"

import { createQueue } from "../queue.ts"
import { deliveryQueueUrl } from "../runtime.ts"
import { clock } from "./clock.ts"
import { once } from "./once.ts"
import { sqs } from "./sqs.ts"

export const deliveryQueue = once(() => createQueue<DeliveryMessage>({ client: sqs(), url: deliveryQueueUrl(), clock }))
