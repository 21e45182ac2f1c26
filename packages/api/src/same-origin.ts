import { VisibleError } from "@posthorn/core/error"
import type { Context } from "hono"

import type { ApiEnv } from "./deps.ts"

/**
 * A browser sends a cookie along with whatever page asks, so a request that has nothing but a cookie must also show that a page of
 * this deployment made it. Scripts of other origins cannot set a header of their own, nor `Origin` or `Sec-Fetch-Site`, and no
 * browser gets leave from us to let them (there is no CORS).
 */
export const DASHBOARD_HEADER = "x-posthorn-dashboard"

/** Throws for a request with a session's cookie that no page of this deployment has made. */
export const refuseForeign = (c: Context<ApiEnv>): void => {
  const site = c.req.header("sec-fetch-site")
  if (site === "cross-site" || site === "same-site")
    throw forbidden("A session is for the pages of this deployment, and another site's page made this request.")
  if (c.req.method === "GET" || c.req.method === "HEAD") return
  if (c.req.header(DASHBOARD_HEADER) !== "1")
    throw forbidden("With a session's cookie, all but GET needs the header X-Posthorn-Dashboard: 1.")
  if (c.req.header("origin") === undefined && site !== "same-origin")
    throw forbidden("With a session's cookie, all but GET needs the header Origin or Sec-Fetch-Site: same-origin.")
  refuseOtherOrigin(c)
}

/** Throws where a request says that a page of another origin made it. */
export const refuseOtherOrigin = (c: Context<ApiEnv>): void => {
  const origin = c.req.header("origin")
  if (origin !== undefined && hostIn(origin) !== ownHost(c))
    throw forbidden(
      "The header Origin is not this deployment's: only its own pages may do this. A proxy in front must pass Host on as it is.",
    )
}

/** As the browser sees it, also where TLS ends in front of us. */
export const isHttps = (c: Context<ApiEnv>): boolean => {
  const [forwarded] = c.req.header("x-forwarded-proto")?.split(",") ?? []
  return forwarded === undefined ? new URL(c.req.url).protocol === "https:" : forwarded.trim().toLowerCase() === "https"
}

/** The host as the browser knows it, with a port that is not the scheme's own. */
export const ownHost = (c: Context<ApiEnv>): string => {
  const host = c.req.header("host")
  return (host === undefined ? null : hostIn(`${isHttps(c) ? "https" : "http"}://${host}`)) ?? new URL(c.req.url).host
}

/** Host and port, the latter without the scheme's own; null for `null` and whatever else is no address. */
const hostIn = (text: string): string | null => (URL.canParse(text) ? new URL(text).host : null)

const forbidden = (detail: string): VisibleError => new VisibleError("forbidden", detail)
