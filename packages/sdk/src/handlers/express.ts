import { type Bytes, fromText } from "../verify/bytes.ts"
import { brokenOff, bytesOf, Collector, tooLarge, unreadable } from "../verify/body.ts"
import { VerificationError } from "../verify/error.ts"
import type { HeadersLike } from "../verify/headers.ts"
import { type EventCallback, type HandlerOptions, receive } from "./receive.ts"

/** What is used of Express's request, which is Node's `IncomingMessage` and what parsers put on it. */
export interface ExpressRequest {
  headers: HeadersLike
  body?: unknown
  /** The bytes, where a parser was told to keep them. */
  rawBody?: unknown
  readonly readableDidRead?: boolean
  on(name: string | symbol, listener: (...values: never[]) => void): unknown
}

/** What is used of Express's response, which is Node's `ServerResponse`. */
export interface ExpressResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

/**
 * An Express handler: `app.post("/hook", handler({ secret }, async (event, req) => { … }))`. It works before any body parser, behind
 * `express.raw({ type: "*" + "/*" })`, and behind a parser that keeps the bytes as `req.rawBody`; also as listener of `node:http`.
 */
export const handler =
  <Context extends ExpressRequest>(
    options: HandlerOptions<Context>,
    callback: EventCallback<Context>,
  ): ((request: Context, response: ExpressResponse) => Promise<void>) =>
  async (request, response) => {
    const incoming = { headers: request.headers, readBytes: () => bytesOfRequest(request) }
    const { status, headers, body } = await receive(incoming, options, callback, request)
    response.statusCode = status
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.end(body)
  }

const bytesOfRequest = async (request: ExpressRequest): Promise<Bytes> => {
  for (const body of [request.rawBody, request.body])
    if (typeof body === "string" || body instanceof Uint8Array) return bytesOf(body)
  if (request.readableDidRead !== true) return collected(request)
  if (request.body === undefined)
    throw unreadable("The request's stream was read before. Put this handler in front of whatever reads it.")
  throw new VerificationError(
    "body_changed",
    "The body was parsed before its signature was checked, by express.json() or the like. Put this route in front of it; or keep the bytes: express.json({ verify: (req, _res, raw) => { req.rawBody = raw } }).",
  )
}

/** By events: a loop over the stream would close the connection when it stops early, and the answer would not go out. */
const collected = (request: ExpressRequest): Promise<Bytes> =>
  new Promise((resolve, reject) => {
    const whole = new Collector()
    request.on("data", (chunk: Uint8Array | string) => {
      if (!whole.add(typeof chunk === "string" ? fromText(chunk) : chunk)) reject(tooLarge())
    })
    request.on("end", () => resolve(whole.bytes()))
    request.on("error", () => reject(brokenOff()))
    request.on("close", () => reject(brokenOff()))
  })
