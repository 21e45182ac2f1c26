import { bus } from "./bus"
import { failedQueue, letRuleSend, orElse } from "./failed"
import { forKeeping } from "./messages"

export const functionFailed = failedQueue("FunctionFailed")

const onMessage = new sst.aws.Function("OnMessage", {
  handler: "src/on-message.handler",
  timeout: "10 seconds",
  environment: forKeeping.environment,
  permissions: [...forKeeping.permissions, { actions: ["sqs:SendMessage"], resources: [functionFailed.arn] }],
  // The rule hands over and is done; what our code throws is Lambda's to try again, after one minute and after two.
  retries: 2,
  transform: {
    eventInvokeConfig: {
      maximumEventAgeInSeconds: 21_600,
      destinationConfig: { onFailure: { destination: functionFailed.arn } },
    },
  },
})

/** One rule, one function: each new message of someone else, as it is found. */
const subscription = bus.subscribe("OnMessage", onMessage.arn, {
  pattern: { source: ["posthorn"], detailType: ["message.received"] },
  transform: {
    target: (target) => {
      Object.assign(target, orElse(functionFailed))
      return undefined
    },
  },
})

letRuleSend(
  "FunctionFailedPolicy",
  subscription.apply(({ nodes }) => nodes.rule.arn),
  functionFailed,
)
