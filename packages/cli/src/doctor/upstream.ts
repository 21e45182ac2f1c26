import { keepsSecret } from "../keeps-secret.ts"
import { plain } from "../text.ts"
import { judgeClock, watchClock } from "./clock.ts"
import { type Finding, fail, ok, warn } from "./finding.ts"

const BASE_URL = "https://api.connectsafely.ai/linkedin"
const DEADLINE_MS = 15_000
const REASON_LENGTH_MAX = 200

interface UpstreamEnv {
  CONNECTSAFELY_API_KEY?: string | undefined
  CONNECTSAFELY_BASE_URL?: string | undefined
}

/**
 * Asks ConnectSafely itself, with the key of the environment: one request, or two where it lacks the first, which count towards its
 * limit. Nothing where the environment has no key.
 */
export const askUpstream = async (env: UpstreamEnv): Promise<Finding[]> => {
  const key = env.CONNECTSAFELY_API_KEY ?? ""
  if (key === "") return []
  const base = (env.CONNECTSAFELY_BASE_URL ?? BASE_URL).replace(/\/+$/, "")
  if (!/^[\x21-\x7e]+$/.test(key) || !keepsSecret(base))
    return [
      fail(
        "upstream",
        "CONNECTSAFELY_API_KEY or CONNECTSAFELY_BASE_URL cannot be used.",
        "The key has no spaces or line breaks; the address begins with https://.",
      ),
    ]
  const watch = watchClock()
  const ask = (path: string): Promise<Response> =>
    watch.fetch(`${base}${path}`, {
      headers: { accept: "application/json", authorization: `Bearer ${key}` },
      redirect: "manual",
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
  try {
    const first = await ask("/accounts")
    // An older one has no such route, and says nothing of the key.
    const response = first.status === 404 || first.status === 405 ? await ask("/account/status") : first
    const body = await readJson(response)
    return [judge(response, body, key), ...limitOf(response), judgeClock("ConnectSafely", watch.aheadMs())]
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const said = cause instanceof Error ? cause.message : String(cause)
    return [
      fail(
        "upstream",
        `ConnectSafely cannot be reached at ${new URL(base).host}: ${hide(said, key)}.`,
        "Check this machine's network and CONNECTSAFELY_BASE_URL. The deployment may be better off: see its accounts.",
      ),
    ]
  }
}

const judge = (response: Response, body: unknown, key: string): Finding => {
  const { status } = response
  const reason = hide(reasonIn(body), key)
  const isRefusal = typeof body === "object" && body !== null && "success" in body && body.success === false
  if (status === 401)
    return fail(
      "upstream",
      `ConnectSafely does not accept the key in CONNECTSAFELY_API_KEY.`,
      "Copy it again from connectsafely.ai/api-key, here and in the deployment.",
    )
  if (status === 402 || status === 403)
    return fail(
      "upstream",
      `ConnectSafely refuses the key: ${reason}.`,
      "Look into the plan and the seats at connectsafely.ai.",
    )
  if (status === 429)
    return warn(
      "upstream",
      "The key is taken, but its requests are used up for now.",
      "Wait, or lower POSTHORN_REQUESTS_PER_MINUTE of the deployment.",
    )
  if (status < 200 || status > 299 || isRefusal || body === undefined)
    return warn(
      "upstream",
      `ConnectSafely answered ${String(status)}: ${reason}.`,
      "Try again later; check CONNECTSAFELY_BASE_URL.",
    )
  return ok("upstream", "ConnectSafely accepts the key in CONNECTSAFELY_API_KEY.")
}

const limitOf = ({ headers }: Response): Finding[] => {
  const [limit, remaining] = [headers.get("x-ratelimit-limit"), headers.get("x-ratelimit-remaining")]
  if (limit === null || !/^\d{1,9}$/.test(limit)) return []
  const left = remaining !== null && /^\d{1,9}$/.test(remaining) ? `, ${remaining} of them left` : ""
  return [ok("limits", `ConnectSafely's headers name a limit of ${limit} requests${left}.`)]
}

const readJson = async (response: Response): Promise<unknown> => {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

const reasonIn = (body: unknown): string => {
  const { message, error } = (body ?? {}) as { message?: unknown; error?: unknown }
  const said = [message, error].find((part) => typeof part === "string" && part !== "")
  return typeof said === "string" ? said.replace(/\.$/, "") : "without saying why"
}

const hide = (text: string, key: string): string => plain(text.replaceAll(key, "[key]"), REASON_LENGTH_MAX)
