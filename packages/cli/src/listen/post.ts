import { retryAfterOf } from "@posthorn/core/delivery/retry-after"
import { signHeaders } from "@posthorn/core/delivery/sign"

import { VERSION } from "../version.ts"

/** As of a deployment: the whole exchange. */
const DEADLINE_MS = 15_000
/** Of an answer, so that the connection may be used again. */
const ANSWER_BYTES_MAX = 64 * 1_024

/** How one POST went. */
export interface Outcome {
  /** Null where no answer came. */
  status: number | null
  durationMs: number
  /** Null for a success: 2xx, whatever the body. */
  error: string | null
  /** What a 429 or 503 asks for, at most a day; null where it asks for nothing. */
  retryAfterMs: number | null
}

/** One signed POST, judged as a deployment judges: 2xx within 15 s, redirects are failures. Never rejects. */
export const post = async (
  url: string,
  { eventId, body, secret }: { eventId: string; body: string; secret: Uint8Array },
): Promise<Outcome> => {
  const startedAt = performance.now()
  const done = (fields: Omit<Outcome, "durationMs">): Outcome => ({
    ...fields,
    durationMs: Math.round(performance.now() - startedAt),
  })
  try {
    const timestamp = Math.floor(Date.now() / 1_000)
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": `posthorn-cli/${VERSION}`,
        ...signHeaders({ eventId, timestamp, body, secrets: [secret] }),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    await drain(response)
    const { status } = response
    if (response.ok) return done({ status, error: null, retryAfterMs: null })
    const isRedirect = status >= 300 && status < 400
    const error = isRedirect
      ? `The receiver answered with a redirect (${String(status)}), which is not followed.`
      : `The receiver answered ${String(status)}.`
    return done({ status, error, retryAfterMs: waitOf(response) })
  } catch (error) {
    return done({ status: null, error: sayFailure(error), retryAfterMs: null })
  }
}

/** The body is not looked at; what is long is cut off. */
const drain = async (response: Response): Promise<void> => {
  if (response.body === null) return
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += (chunk as Uint8Array).byteLength
    if (bytes > ANSWER_BYTES_MAX) return
  }
}

/** As a deployment reads it: of 429 and 503 alone. */
const waitOf = ({ status, headers }: Response): number | null => {
  if (status !== 429 && status !== 503) return null
  const seconds = retryAfterOf(Object.fromEntries(headers), Date.now())
  return seconds === null ? null : seconds * 1_000
}

const sayFailure = (error: unknown): string => {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return `The receiver did not answer within ${String(DEADLINE_MS / 1_000)} s.`
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error
  const { code, message } = cause as { code?: unknown; message?: unknown }
  const known = {
    ECONNREFUSED: "Nothing listens there (ECONNREFUSED).",
    ENOTFOUND: "Its name is not known (ENOTFOUND).",
  }
  if (code === "ECONNREFUSED" || code === "ENOTFOUND") return known[code]
  return `The receiver could not be reached: ${typeof message === "string" && message !== "" ? message : String(code)}.`
}
