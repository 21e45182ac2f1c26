import { VisibleError } from "@posthorn/core/error"
import { bodyLimit } from "hono/body-limit"

import { accounts } from "./accounts.ts"
import { authenticate, findCallerIn } from "./auth.ts"
import { deliveries } from "./deliveries.ts"
import type { ApiDeps } from "./deps.ts"
import { endpoints } from "./endpoints.ts"
import { events } from "./events.ts"
import { deployment } from "./me.ts"
import { refuseOtherMethods } from "./methods.ts"
import { documentOf, registerShared } from "./openapi.ts"
import { onError, onNotFound } from "./problem.ts"
import { publicPages } from "./public.ts"
import { observe } from "./request.ts"
import { createRouter } from "./router.ts"

export const BODY_BYTES_MAX = 256 * 1_024

/** The whole API as a Hono app; both runtimes mount it. It never dials a subscriber: what is to be sent goes through the queue. */
export const createApi = (deps: ApiDeps) => {
  const app = createRouter()
  app.onError(onError)
  app.notFound(onNotFound)
  app.use("*", observe(deps))
  app.use("/v1/*", authenticate(findCallerIn(deps)))
  app.use("/v1/*", bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseBody }))
  registerShared(app)

  const api = app
    .route("/", deployment(deps))
    .route("/", endpoints(deps))
    .route("/", events(deps))
    .route("/", deliveries(deps))
    .route("/", accounts(deps))
  api.route(
    "/",
    publicPages(() => documentOf(app, deps.deployment), deps.deployment),
  )
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
