import type { PollMessage } from "@posthorn/core/poll/due"

import { createQueue } from "../queue.ts"
import { pollQueueUrl } from "../runtime.ts"
import { clock } from "./clock.ts"
import { once } from "./once.ts"
import { sqs } from "./sqs.ts"

export const pollQueue = once(() => createQueue<PollMessage>({ client: sqs(), url: pollQueueUrl(), clock }))
