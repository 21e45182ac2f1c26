import { bus } from "./bus"
import { publishesTo, rows, searches, sendsTo } from "./grants"
import { deliveryQueue, pollQueue } from "./queues"
import { secret } from "./secret"
import { table } from "./table"

export const apiFunction = new sst.aws.Function("Api", {
  handler: "packages/aws/src/handlers/api.handler",
  // API Gateway gives up after 30 s.
  timeout: "29 seconds",
  // Beside the bundle: the reference, which only those who ask for it wait for.
  copyFiles: [{ from: "packages/api/static", to: "static" }],
  link: [
    table,
    bus,
    deliveryQueue,
    pollQueue,
    secret.AdminKey,
    secret.EncryptionKey,
    secret.ConnectSafelyApiKey,
    secret.HintSecret,
  ],
  permissions: [
    rows(table, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
    searches(table, "list", "work", "day"),
    sendsTo(deliveryQueue),
    sendsTo(pollQueue),
    publishesTo(bus),
  ],
})

const accessLogFormat = JSON.stringify({
  requestId: "$context.requestId",
  method: "$context.httpMethod",
  status: "$context.status",
  latency: "$context.responseLatency",
})

/** An HTTP API rather than a function's own URL: it throttles before anything is paid for a function. */
export const api = new sst.aws.ApiGatewayV2("Gateway", {
  // Keys belong on servers: no browser of another origin has business here.
  cors: false,
  accessLog: { retention: "1 month" },
  transform: {
    stage: (stage) => {
      stage.defaultRouteSettings = { throttlingRateLimit: 50, throttlingBurstLimit: 100 }
      // SST's format has paths, addresses and user agents.
      stage.accessLogSettings = $output(stage.accessLogSettings).apply((settings) => ({
        destinationArn: "",
        ...settings,
        format: accessLogFormat,
      }))
      return undefined
    },
  },
})
api.route("$default", apiFunction.arn, { name: "Default" })
