import type { PosthornEvent } from "../generated/events.ts"
import type { Bytes } from "../verify/bytes.ts"
import { type VerificationCode, VerificationError } from "../verify/error.ts"
import type { HeadersLike } from "../verify/headers.ts"
import type { Secrets } from "../verify/secret.ts"
import { verifyParts } from "../verify/verify.ts"
import type { Reply } from "./reply.ts"

/**
 * Ids of events that are done; a `Set` will do in a test. `add` runs once the callback has succeeded. It narrows repeats, as
 * Posthorn delivers at least once, but two at the same time both pass: where that matters, write the id in the transaction of
 * the work itself. A replay repeats ids too, on purpose.
 */
export interface Seen {
  has(id: string): boolean | Promise<boolean>
  add(id: string): unknown
}

/** `Context` is what the framework hands to a handler: Hono's context, Express's request, a `Request`, Lambda's event. */
export interface HandlerOptions<Context> {
  /** The endpoint's `whsec_…`, several while it is rotated, or a function that gets them when a request comes. */
  secret: Secrets | ((context: Context) => Secrets | Promise<Secrets>)
  /** How far `webhook-timestamp` may be from now, either way; 300 by default. */
  toleranceSeconds?: number
  /** Events whose id it has are answered with success, without the callback. */
  seen?: Seen
  /** Is told of each refused request. Nothing is written by default: Posthorn shows the reason with the attempt. */
  onRefused?: (error: VerificationError, context: Context) => void
  /** Is told what the callback threw, and that the secret is none; `console.error` by default. */
  onError?: (error: unknown, context: Context) => void
}

/**
 * Does the work for one event. Returns nothing: success. Throws: 500, and Posthorn sends it again. Or returns `gone()`,
 * `slowDown(seconds)` or `unavailable(seconds)`. Posthorn waits 15 s: queue what takes longer.
 */
export type EventCallback<Context> = (event: PosthornEvent, context: Context) => Result | Promise<Result>
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a callback that returns nothing is the usual one
type Result = Reply | undefined | void

/** An answer before it takes a framework's shape. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** One request through verification and callback; never rejects. */
export const receive = async <Context>(
  request: { headers: HeadersLike; readBytes: () => Promise<Bytes> },
  { secret, toleranceSeconds, seen, onRefused, onError = logged }: HandlerOptions<Context>,
  callback: EventCallback<Context>,
  context: Context,
): Promise<Answer> => {
  let event: PosthornEvent
  try {
    const secrets = typeof secret === "function" ? await secret(context) : secret
    const options = toleranceSeconds === undefined ? {} : { toleranceSeconds }
    event = await verifyParts(request.headers, request.readBytes, secrets, options)
  } catch (error) {
    const isRefused = error instanceof VerificationError && error.code !== "malformed_secret"
    tell(() => (isRefused ? onRefused?.(error, context) : onError(error, context)))
    if (!(error instanceof VerificationError)) return FAILED
    return text(STATUS[error.code], `${error.code}: ${error.message}`)
  }
  try {
    if (await seen?.has(event.id)) return DONE
    const reply = await callback(event, context)
    if (reply) return answerOf(reply)
    await seen?.add(event.id)
    return DONE
  } catch (error) {
    tell(() => onError(error, context))
    return FAILED
  }
}

const STATUS: Record<VerificationCode, number> = {
  missing_header: 400,
  malformed_header: 400,
  clock_off: 401,
  wrong_secret: 401,
  body_changed: 400,
  body_unreadable: 400,
  body_too_large: 413,
  not_json: 400,
  not_an_event: 400,
  // Ours to mend, not the sender's.
  malformed_secret: 500,
}

const text = (status: number, body: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  body,
})

const DONE: Answer = { status: 204, headers: {}, body: "" }
/** Without the error's text: it is the receiver's own and may hold anything. */
const FAILED = text(500, "handler_failed: The receiver's handler failed.")

const answerOf = ({ status, retryAfterSeconds }: Reply): Answer => {
  if (status === 410) return text(410, "gone: The receiver wants no more of these.")
  return text(status, "retry_later: The receiver asks for a pause.", { "retry-after": String(retryAfterSeconds ?? 0) })
}

const logged = (error: unknown): void => console.error(error)

/** A logger that fails changes no answer. */
const tell = (hook: () => void): void => {
  try {
    hook()
  } catch {
    // Nobody is left to be told.
  }
}
