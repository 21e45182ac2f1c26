import type { HttpAnswer, Request } from "../http.ts"
import type { Clock } from "../ports.ts"
import { SECOND_MS, type Instant } from "../time.ts"
import type { Question } from "./dialect.ts"
import { failureOf, noAnswer, readable } from "./failure.ts"
import { encoded, instantOf } from "./normalize.ts"
import { UpstreamError } from "./thread.ts"

/** Public clients give up after 5 to 15 s; `sync=true` waits for LinkedIn (upstream docs, sections 4.2 and 5). */
const DEADLINE_MS = 15 * SECOND_MS
const ANSWER_BYTES_MAX = 8 * 1024 * 1024
const REDIRECTS = new Set([301, 302, 303, 307, 308])

export interface AskDeps {
  request: Request
  clock: Pick<Clock, "now">
  /** With the path prefix: `https://api.connectsafely.ai/linkedin`. */
  baseUrl: string
  apiKey: string
  deadlineMs?: number
}

export type Reply =
  | { kind: "answer"; body: unknown; date: Instant | null }
  /** Never followed. `error` is what it means to those who cannot ask otherwise. */
  | { kind: "redirect"; isSameOrigin: boolean; error: UpstreamError }

export type Ask = (question: Question) => Promise<Reply>

/** One request to upstream: its JSON, a redirect, or an UpstreamError. The key goes to the base URL's origin and nowhere else. */
export function createAsk(deps: AskDeps): Ask {
  const base = deps.baseUrl.replace(/\/+$/, "")
  const origin = new URL(base).origin

  return async (question) => {
    const result = await deps.request({
      method: question.method,
      url: base + question.path + queryOf(question.query),
      headers: {
        accept: "application/json",
        authorization: `Bearer ${deps.apiKey}`,
        ...(question.body === null ? {} : { "content-type": "application/json" }),
      },
      body: question.body === null ? null : JSON.stringify(question.body),
      deadlineMs: deps.deadlineMs ?? DEADLINE_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
    })
    if (!result.ok) throw noAnswer(result.kind, result.message, deps.apiKey)
    const { answer } = result
    if (REDIRECTS.has(answer.status)) return redirectOf(answer, base + question.path, origin)

    const body = parsed(answer)
    if (answer.status < 200 || answer.status > 299 || isRefusal(body))
      throw failureOf({
        status: answer.status,
        headers: answer.headers,
        body: body ?? null,
        now: deps.clock.now(),
        secret: deps.apiKey,
      })
    if (body === undefined) throw new UpstreamError("invalid_answer", notJson(answer), { status: answer.status })
    return { kind: "answer", body, date: instantOf(answer.headers.date) }
  }
}

function queryOf(query: Question["query"]): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [] : [`${encoded(name)}=${encoded(String(value))}`],
  )
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`
}

/** Undefined when it is not JSON. */
function parsed(answer: HttpAnswer): unknown {
  if (answer.cut) return undefined
  try {
    return JSON.parse(new TextDecoder().decode(answer.body))
  } catch {
    return undefined
  }
}

/** Status 200 with `success: false`, for which every public client checks (upstream docs, section 5, shape G). */
const isRefusal = (body: unknown): boolean =>
  typeof body === "object" && body !== null && "success" in body && body.success === false

function notJson({ status, headers, body, cut }: HttpAnswer): string {
  const what = cut
    ? `more than ${ANSWER_BYTES_MAX} bytes`
    : body.length === 0
      ? "an empty body"
      : /html/i.test(headers["content-type"] ?? "") || body[0] === "<".charCodeAt(0)
        ? "HTML instead of JSON"
        : "something that is not JSON, or was cut off"
  return `ConnectSafely answered HTTP ${status} with ${what}.`
}

function redirectOf({ status, headers }: HttpAnswer, from: string, origin: string): Reply {
  const target = headers.location === undefined ? from : headers.location
  const url = URL.canParse(target, from) ? new URL(target, from) : null
  const isSameOrigin = url?.origin === origin
  const message = isSameOrigin
    ? "ConnectSafely redirects this request, which Posthorn does not follow."
    : `ConnectSafely redirects to ${url === null ? "an unreadable address" : readable(url.host, "")}; the key is never taken there.`
  return { kind: "redirect", isSameOrigin, error: new UpstreamError("redirect", message, { status }) }
}
