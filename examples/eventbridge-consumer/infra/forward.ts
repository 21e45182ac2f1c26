import { bus } from "./bus"
import { failedQueue, letRuleSend, orElse } from "./failed"

const to = process.env.FORWARD_TO ?? ""
if (to !== "" && !/^arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/\S+$/.test(to))
  throw new Error(
    "FORWARD_TO is the ARN of a bus in another account: arn:aws:events:<region>:<account>:event-bus/<name>.",
  )

/** Deployed beside Posthorn: every event goes on to the bus of another account, where it keeps its source, type and detail. */
const forward = () => {
  const failed = failedQueue("ForwardFailed")
  const rule = new aws.cloudwatch.EventRule("Forward", {
    eventBusName: bus.name,
    eventPattern: JSON.stringify({ source: ["posthorn"] }),
  })
  const role = new aws.iam.Role("ForwardRole", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "events.amazonaws.com" }),
    inlinePolicies: [
      {
        name: "put",
        policy: aws.iam.getPolicyDocumentOutput({ statements: [{ actions: ["events:PutEvents"], resources: [to] }] })
          .json,
      },
    ],
  })
  new aws.cloudwatch.EventTarget("ForwardTarget", {
    eventBusName: bus.name,
    rule: rule.name,
    arn: to,
    roleArn: role.arn,
    ...orElse(failed),
  })
  letRuleSend("ForwardFailedPolicy", rule.arn, failed)
}

if (to !== "") forward()

export {}
