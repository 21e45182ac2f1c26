import type { Context } from "hono"
import { compress } from "hono/compress"
import { etag } from "hono/etag"

import { dashboardPaths } from "./dashboard-paths.ts"
import type { ApiDeps, ApiEnv } from "./deps.ts"
import { html, page, pageHeaders } from "./html.ts"
import { createRouter } from "./router.ts"

/** Of the static files: what `npm run build` writes. */
const FOLDER = "dashboard"
const YEAR_SECONDS = 31_536_000

/**
 * Nothing inline, nothing from elsewhere but people's pictures, which LinkedIn serves: an address that upstream gives may be
 * anybody's, and fetching it would tell them who looks.
 */
const headers = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' https://*.licdn.com",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
}

type DashboardDeps = Pick<ApiDeps, "staticFiles">

/** The dashboard's HTML. One and the same for each of its pages: which one it is, the script reads from the address. */
const sendPage = async (c: Context<ApiEnv>, { staticFiles }: DashboardDeps, status: 200 | 404) => {
  const file = await staticFiles.readFile(`${FOLDER}/index.html`)
  if (file === null) return c.body(page("Dashboard", notBuilt), 503, pageHeaders)
  return c.body(file.body, status, { ...headers, "content-type": file.contentType, "cache-control": "no-cache" })
}

const notBuilt = html`<h1>The dashboard has not been built</h1>
  <p>
    The API runs all the same. To build the page: <code>npm run build</code>, then load this address again; on AWS
    deploy again first.
  </p>
  <p><a href="/docs">The reference of the API</a></p>`

/** The pages of the dashboard, and what they load. None needs a key: what they show comes from `/v1`, which does. */
export const dashboard = (deps: DashboardDeps) => {
  const router = createRouter()
  for (const path of Object.values(dashboardPaths)) router.get(path, etag(), (c) => sendPage(c, deps, 200))
  // Their names change with what is in them.
  router.get("/assets/:file", compress(), (c) => sendAsset(c, `assets/${c.req.param("file")}`, deps, YEAR_SECONDS))
  router.get("/favicon.svg", etag(), (c) => sendAsset(c, "favicon.svg", deps, 0))
  return router
}

const sendAsset = async (c: Context<ApiEnv>, path: string, { staticFiles }: DashboardDeps, seconds: number) => {
  const file = await staticFiles.readFile(`${FOLDER}/${path}`)
  if (file === null) return c.notFound()
  const cache = seconds === 0 ? "no-cache" : `public, max-age=${seconds}, immutable`
  return c.body(file.body, 200, { ...headers, "content-type": file.contentType, "cache-control": cache })
}

/** A person at an address that does not exist gets a page that says so; a program gets null here, and its problem document. */
export const pageForUnknown = async (c: Context<ApiEnv>, deps: DashboardDeps): Promise<Response | null> => {
  const isPage = c.req.method === "GET" && (c.req.header("accept") ?? "").includes("text/html")
  if (!isPage || /^\/(v1|assets)(\/|$)/.test(c.req.path)) return null
  return sendPage(c, deps, 404)
}
