import { bytesOf } from "../verify/body.ts"
import { type Bytes, fromBase64 } from "../verify/bytes.ts"
import { VerificationError } from "../verify/error.ts"
import { type Answer, type EventCallback, type HandlerOptions, receive } from "./receive.ts"

/** What is used of the event of a function URL or an API Gateway (HTTP API; a REST API's has the same fields). */
export interface LambdaRequest {
  headers?: Readonly<Record<string, string | undefined>> | null
  body?: string | null
  isBase64Encoded?: boolean
}

/** What function URLs and API Gateway take for an answer. */
export interface LambdaAnswer {
  statusCode: number
  headers: Record<string, string>
  body: string
}

/** A Lambda handler behind a function URL or an API Gateway: `export const handler = posthorn({ secret }, async (event) => { … })`. */
export const handler =
  <Request extends LambdaRequest>(
    options: HandlerOptions<Request>,
    callback: EventCallback<Request>,
  ): ((request: Request) => Promise<LambdaAnswer>) =>
  async (request) => {
    const incoming = { headers: request.headers ?? {}, readBytes: async () => bytesOfRequest(request) }
    const { status, headers, body }: Answer = await receive(incoming, options, callback, request)
    return { statusCode: status, headers, body }
  }

const bytesOfRequest = ({ body, isBase64Encoded }: LambdaRequest): Bytes => {
  if (isBase64Encoded !== true) return bytesOf(body ?? "")
  const bytes = fromBase64(body ?? "")
  if (bytes !== null) return bytesOf(bytes)
  throw new VerificationError("body_changed", "The event says isBase64Encoded, and its body is not base64.")
}
