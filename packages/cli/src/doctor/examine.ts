import { type Client, type Me, PosthornError } from "@posthorn/sdk"

import { followDelivery } from "../follow-delivery.ts"
import { sayError } from "../say-error.ts"
import { plain } from "../text.ts"
import { judgeAccounts } from "./accounts.ts"
import { type ClockWatch, judgeClock } from "./clock.ts"
import { judgeEndpoint, judgeExhausted, judgePing } from "./endpoints.ts"
import { type Finding, fail, ok, warn } from "./finding.ts"
import { askUpstream } from "./upstream.ts"

/** More are not looked at one by one. */
const ENDPOINTS_MAX = 100
const EXHAUSTED_PAGE = 100
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

export interface ExamineDeps {
  client: Client
  clock: ClockWatch
  url: string
  ping: boolean
  signal: AbortSignal
  now: () => number
}

/** Everything that doctor looks at, in turn. Findings behind one that fails are left out where they would only repeat it. */
export async function* examine(deps: ExamineDeps): AsyncGenerator<Finding, void, undefined> {
  const { client, signal, url } = deps
  try {
    await client.health({ signal })
    yield ok("deployment", `It answers at ${url}.`)
  } catch (error) {
    yield unreachable(error, url)
    yield* await askUpstream(process.env)
    return
  }
  let me: Me
  try {
    me = await client.me({ signal })
  } catch (error) {
    yield fail(
      "key",
      sayError(error).text,
      "POSTHORN_KEY takes a key of this deployment; `npm start` prints the first, POST /v1/keys makes others.",
    )
    yield judgeClock("the deployment", deps.clock.aheadMs())
    yield* await askUpstream(process.env)
    return
  }
  const { deployment, key } = me
  yield ok(
    "key",
    `"${key.name}", with ${key.scopes.join(", ")}; ${deployment.name}/${deployment.stage}, version ${deployment.version}.`,
  )
  yield judgeClock("the deployment", deps.clock.aheadMs())
  yield judgeSetup(deployment.upstream)
  yield* await askUpstream(process.env)
  yield* await guarded("accounts", async () => {
    const found = []
    for await (const account of client.accounts.list({ limit: 100 }, { signal })) found.push(account)
    return judgeAccounts(found, deps.now())
  })
  yield* await guarded("endpoints", () => examineEndpoints(deps))
  if (deps.ping) yield* pings(deps)
}

const unreachable = (error: unknown, url: string): Finding => {
  const isOther = error instanceof PosthornError && error.status !== null
  const detail = error instanceof PosthornError ? plain(error.detail) : sayError(error).text
  return isOther
    ? fail("deployment", detail, "Correct --url (or POSTHORN_URL): it is the address in front of /v1.")
    : fail(
        "deployment",
        `Nothing answers at ${url}. ${detail}`,
        "Start it (`npm start`), or correct --url (or POSTHORN_URL).",
      )
}

const judgeSetup = (upstream: Me["deployment"]["upstream"]): Finding => {
  if (upstream === "not_configured")
    return fail(
      "upstream",
      "The deployment has no key for ConnectSafely, so nothing is polled.",
      "Give it CONNECTSAFELY_API_KEY.",
    )
  if (upstream === "simulator")
    return warn(
      "upstream",
      "The deployment polls the built-in simulator: its people are invented.",
      "For your own accounts start it with CONNECTSAFELY_API_KEY.",
    )
  return ok("upstream", "The deployment polls ConnectSafely.")
}

const guarded = async (check: string, look: () => Promise<Finding[]>): Promise<Finding[]> => {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof PosthornError)) throw error
    const fix = error.code === "forbidden" ? "Use a key that has this scope." : "Look into the deployment's log."
    return [fail(check, sayError(error).text, fix)]
  }
}

const listEndpoints = async ({ client, signal }: ExamineDeps) => {
  const found = []
  for await (const endpoint of client.endpoints.list({ limit: 100 }, { signal })) {
    if (found.length === ENDPOINTS_MAX) break
    found.push(endpoint)
  }
  return found
}

const examineEndpoints = async (deps: ExamineDeps): Promise<Finding[]> => {
  const { client, signal } = deps
  const endpoints = await listEndpoints(deps)
  if (endpoints.length === 0)
    return [
      warn("endpoints", "There is none.", "posthorn endpoints create https://… makes one; posthorn listen needs none."),
    ]
  const now = deps.now()
  // A minute less than a day, which is the most that may be asked for: the deployment's clock may be a little ahead.
  const stats = await client.stats({ since: new Date(now - DAY_MS + MINUTE_MS) }, { signal })
  const findings: Finding[] = []
  for (const endpoint of endpoints) {
    findings.push(judgeEndpoint(endpoint, stats.endpoints, now))
    const { data, nextCursor } = await client.deliveries
      .list({ endpointId: endpoint.id, status: "exhausted", limit: EXHAUSTED_PAGE }, { signal })
      .page()
    const oldest = data.at(-1)
    const exhausted =
      oldest === undefined ? null : { eventSince: oldest.createdAt, count: data.length, more: nextCursor !== null }
    findings.push(...judgeExhausted(endpoint, exhausted))
  }
  return findings
}

async function* pings(deps: ExamineDeps): AsyncGenerator<Finding, void, undefined> {
  const { client, signal } = deps
  for (const endpoint of await listEndpoints(deps)) {
    if (endpoint.status !== "enabled") continue
    yield* await guarded("ping", async () => {
      const { id } = await client.endpoints.test(endpoint.id, { signal })
      return [judgePing(endpoint, await followDelivery(id, { client, signal }))]
    })
  }
}
