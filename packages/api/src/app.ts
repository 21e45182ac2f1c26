import { VisibleError } from "@posthorn/core/error"
import { bodyLimit } from "hono/body-limit"

import { accountSettings } from "./account-settings.ts"
import { accounts } from "./accounts.ts"
import { backfill } from "./backfill.ts"
import { authenticate, limit } from "./auth.ts"
import { createCallers } from "./callers.ts"
import { conversations } from "./conversations.ts"
import { customEvents } from "./custom-events.ts"
import { dashboard, pageForUnknown } from "./dashboard.ts"
import { deliveries } from "./deliveries.ts"
import type { ApiDeps } from "./deps.ts"
import { endpointPreview } from "./endpoint-preview.ts"
import { endpoints } from "./endpoints.ts"
import { eventTrace } from "./event-trace.ts"
import { events } from "./events.ts"
import { jobs } from "./jobs.ts"
import { hints } from "./hints.ts"
import { keys } from "./keys.ts"
import { deployment } from "./me.ts"
import { refuseOtherMethods } from "./methods.ts"
import { documentOf, registerShared } from "./openapi.ts"
import { onError, onNotFound } from "./problem.ts"
import { publicPages } from "./public.ts"
import { observe } from "./request.ts"
import { replay } from "./replay.ts"
import { createRouter } from "./router.ts"
import { session } from "./session.ts"
import { stats } from "./stats.ts"

export const BODY_BYTES_MAX = 256 * 1_024

/** The whole API as a Hono app; both runtimes mount it. It never dials a subscriber: what is to be sent goes through the queue. */
export const createApi = (deps: ApiDeps) => {
  const app = createRouter()
  app.onError(onError)
  app.notFound(async (c) => (await pageForUnknown(c, deps)) ?? onNotFound(c))
  app.use("*", observe(deps))
  app.use("/v1/hints/*", bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseBody }))
  app.use("/v1/session", bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseBody }))
  const callers = createCallers(deps)
  const open = app.route("/", hints(deps)).route("/", session(deps, callers))
  app.use("/v1/*", authenticate(callers))
  app.use("/v1/*", limit(deps.takeRequest))
  app.use("/v1/*", bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseBody }))
  registerShared(app)

  const api = open
    .route("/", deployment(deps))
    .route("/", endpointPreview(deps))
    .route("/", endpoints(deps))
    .route("/", events(deps))
    .route("/", eventTrace(deps))
    .route("/", customEvents(deps))
    .route("/", stats(deps))
    .route("/", deliveries(deps))
    .route("/", accounts(deps))
    .route("/", accountSettings(deps))
    .route("/", backfill(deps))
    .route("/", conversations(deps))
    .route("/", keys(deps))
    .route("/", replay(deps))
    .route("/", jobs(deps))
  api.route(
    "/",
    publicPages(() => documentOf(app, deps.deployment), deps),
  )
  api.route("/", dashboard(deps))
  refuseOtherMethods(app)
  return api
}

/** For a client that is typed by the routes. */
export type Api = ReturnType<typeof createApi>

// The rest of the body is not read, so that the connection is of no use for another request.
const refuseBody = (): never => {
  throw new VisibleError("payload_too_large", `The body may have up to ${BODY_BYTES_MAX / 1_024} KB.`, {
    headers: { connection: "close" },
  })
}
