// In favour of @hono/aws-lambda, which is not published yet.
/* eslint-disable @typescript-eslint/no-deprecated */
import { createApi } from "@posthorn/api/app"
import { VisibleError } from "@posthorn/core/error"
import { pollNow } from "@posthorn/core/poll/schedule"
import { takeRequest } from "@posthorn/core/poll/take-request"
import { DAY_MS } from "@posthorn/core/time"
import type { APIGatewayProxyEventV2, Context } from "aws-lambda"
import { handle } from "hono/aws-lambda"

import { bus } from "../deps/bus.ts"
import { random, randomBytes } from "../deps/chance.ts"
import { clock } from "../deps/clock.ts"
import { deliveryQueue } from "../deps/delivery-queue.ts"
import { logger } from "../deps/logger.ts"
import { once } from "../deps/once.ts"
import { pollQueue } from "../deps/poll-queue.ts"
import { scheduleSettings } from "../deps/schedule-settings.ts"
import { seal } from "../deps/seal.ts"
import { upstream } from "../deps/upstream.ts"
import { staticFiles } from "../deps/static-files.ts"
import { store } from "../deps/store.ts"
import { VERSION } from "../deps/version.ts"
import { adminKey, appName, connectSafelyApiKey, hintSecret, settings, stage } from "../runtime.ts"

/** API Gateway's id of the request under way: an instance has one at a time. */
let gatewayRequestId: string | null = null

const app = once(() => {
  const isConfigured = connectSafelyApiKey() !== null
  return handle(
    createApi({
      store: store(),
      queue: deliveryQueue(),
      bus: bus(),
      logger,
      retentionMs: settings().retentionDays * DAY_MS,
      upstream: upstream(),
      takeUpstreamRequest: () => takeRequest({ store: store(), clock, settings: scheduleSettings() }),
      hintSecret: hintSecret(),
      clock,
      random,
      randomBytes,
      seal: seal(),
      adminKey: adminKey(),
      allowPrivateUrls: false,
      deployment: {
        name: appName(),
        stage: stage(),
        version: VERSION,
        upstream: isConfigured ? "connectsafely" : "not_configured",
      },
      staticFiles: staticFiles(),
      pollNow: async (accountId) => {
        if (!isConfigured)
          throw new VisibleError("not_configured", "This stage has no key for ConnectSafely, so nothing can be polled.")
        await pollNow(accountId, { store: store(), queue: pollQueue(), clock, settings: scheduleSettings() })
      },
      log: (line) => {
        const fields = { ...line, gatewayRequestId }
        if (line.status >= 500) logger.error("api.request", fields)
        else logger.debug("api.request", fields)
      },
    }),
  )
})

export const handler = async (event: APIGatewayProxyEventV2, context: Context) => {
  gatewayRequestId = event.requestContext.requestId
  return app()(event as unknown as Parameters<ReturnType<typeof handle>>[0], context as never)
}
