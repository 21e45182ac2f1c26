const DAY = 86_400
/** SQS's own maximum. A message's age goes on counting in the dead-letter queue, so this is what both can have at most. */
const FOURTEEN_DAYS = 14 * DAY

const deadLetters = (name: string, seconds: number) =>
  new sst.aws.Queue(name, { transform: { queue: { messageRetentionSeconds: seconds } } })

export const pollDlq = deadLetters("PollDlq", 4 * DAY)
/** Polls to make. Delays within the minute are the sender's (DelaySeconds). */
export const pollQueue = new sst.aws.Queue("PollQueue", {
  // Above the function's 50 s, and above the lease of 60 s: what comes again finds the lease free.
  visibilityTimeout: "70 seconds",
  dlq: { queue: pollDlq.arn, retry: 3 },
  // The next tick asks again: an old request is worth nothing.
  transform: { queue: { messageRetentionSeconds: 3_600 } },
})

export const deliveryDlq = deadLetters("DeliveryDlq", FOURTEEN_DAYS)
/** Deliveries to make. Standard, and fair: its senders give every message its endpoint as MessageGroupId. */
export const deliveryQueue = new sst.aws.Queue("DeliveryQueue", {
  // Deadline of a request 15 s < function 30 s < claim 45 s < 90 s.
  visibilityTimeout: "90 seconds",
  dlq: { queue: deliveryDlq.arn, retry: 10 },
  transform: { queue: { messageRetentionSeconds: FOURTEEN_DAYS } },
})

/** Events that did not become deliveries: from the rule, if it cannot invoke the function, and from Lambda, if the function fails. */
export const fanoutDlq = deadLetters("FanoutDlq", FOURTEEN_DAYS)
