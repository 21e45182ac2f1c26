import { PosthornError } from "./error.ts"
import { isAborted, type Platform, reasonOf } from "./platform.ts"
import { type QueryValue, pathOf, queryOf } from "./request-url.ts"
import { type Answer, readAnswer } from "./read-answer.ts"
import { waitBeforeRetry } from "./retry.ts"
import type { AnswerOf, BodyOf, Route } from "./route.ts"

/** What `fetch` does, as far as it is used here. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface TransportOptions {
  /** Without a slash at its end. */
  baseUrl: string
  key: string
  fetch: Fetch
  /** How often a call is tried again. */
  retries: number
  /** Of each try, from the request to the end of the answer. */
  timeoutMs: number
  userAgent: string
}

/** Of one call. */
export interface CallOptions {
  /** Ends the call, also while it waits to try again: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

/** Of a call that makes something. */
export interface CreateOptions extends CallOptions {
  /**
   * The same key and the same body again make nothing new. Left out, each call makes a key of its own and keeps it over its tries; bring one
   * to repeat a call after a crash of your program. 1 to 255 visible ASCII characters.
   */
  idempotencyKey?: string | undefined
}

export interface Input<R extends Route> extends CreateOptions {
  path?: Record<string, string>
  query?: { [name: string]: QueryValue }
  body?: BodyOf<R>
  /**
   * Why a POST may be sent again when its answer was lost: it comes to the same `as it is`, or `by key`, the Idempotency-Key that all of
   * its tries have. Other methods come to the same by themselves.
   */
  repeat?: "as it is" | "by key"
}

/** One call of a route, with its retries. */
export type Send = <R extends Route>(route: R, input?: Input<R>) => Promise<AnswerOf<R>>

export const createSend = (options: TransportOptions, platform: Platform): Send => {
  const send = async (route: string, input: Input<Route>): Promise<unknown> => {
    const [method, template] = route.split(" ") as [string, string]
    const url = `${options.baseUrl}${pathOf(template, input.path ?? {})}${queryOf(input.query ?? {})}`
    const isRepeatable = method !== "POST" || input.repeat !== undefined
    const idempotencyKey = input.repeat === "by key" ? checked(input.idempotencyKey ?? platform.uuid()) : undefined
    const init: RequestInit = {
      method,
      headers: headersOf(options, { idempotencyKey, hasBody: input.body !== undefined }),
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      // Followed, a redirect would take a POST's body away, or the key to another host.
      redirect: "manual",
    }
    let isDoubtful = false
    for (let tries = 1; ; tries++) {
      const answer = await attempt(url, init, input.signal)
      if (!(answer instanceof PosthornError)) return answer.body
      // An earlier try did it, and its answer was lost.
      if (method === "DELETE" && answer.status === 404 && isDoubtful) return undefined
      isDoubtful ||= answer.status !== 429
      const waitMs = tries > options.retries ? null : waitBeforeRetry(answer, { tries, isRepeatable }, platform.random)
      if (waitMs === null) throw answer
      await platform.sleep(waitMs, input.signal)
    }
  }

  const attempt = async (
    url: string,
    init: RequestInit,
    signal: AbortSignal | undefined,
  ): Promise<Answer | PosthornError> => {
    if (isAborted(signal)) throw reasonOf(signal)
    const ending = new AbortController()
    const end = (): void => ending.abort()
    const timer = setTimeout(end, options.timeoutMs)
    signal?.addEventListener("abort", end, { once: true })
    try {
      const response = await options.fetch(url, { ...init, signal: ending.signal })
      return await readAnswer(response, platform.now())
    } catch (cause) {
      if (isAborted(signal)) throw reasonOf(signal)
      if (cause instanceof PosthornError) return cause
      const { host } = new URL(url)
      if (isAborted(ending.signal))
        return new PosthornError({
          code: "timeout",
          detail: `${host} did not answer within ${String(options.timeoutMs)} ms.`,
        })
      return new PosthornError({ code: "network", detail: `${host} could not be reached: ${sayCause(cause)}.`, cause })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener("abort", end)
    }
  }

  return ((route: string, input: Input<Route> = {}) => send(route, input)) as Send
}

const headersOf = (
  { key, userAgent }: TransportOptions,
  { idempotencyKey, hasBody }: { idempotencyKey: string | undefined; hasBody: boolean },
): Record<string, string> => ({
  accept: "application/json",
  authorization: `Bearer ${key}`,
  "user-agent": userAgent,
  ...(hasBody ? { "content-type": "application/json" } : {}),
  ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
})

const checked = (idempotencyKey: string): string => {
  if (/^[\x20-\x7e]{1,255}$/.test(idempotencyKey)) return idempotencyKey
  throw new TypeError("idempotencyKey: must be 1 to 255 visible ASCII characters")
}

/** `fetch failed` says nothing; what Node hides behind it does. */
const sayCause = (error: unknown): string => {
  const inner = error instanceof Error ? (error.cause ?? error) : error
  const { code, message } = inner as { code?: unknown; message?: unknown }
  if (typeof message === "string" && message !== "") return message.replace(/\.$/, "")
  return typeof code === "string" ? code : "no reason was given"
}
