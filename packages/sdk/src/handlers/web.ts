import { readBody } from "../verify/body.ts"
import { type Answer, type EventCallback, type HandlerOptions, receive } from "./receive.ts"

/** From Fetch's `Request` to its `Response`: for every server that speaks them. */
export const handler =
  (options: HandlerOptions<Request>, callback: EventCallback<Request>): ((request: Request) => Promise<Response>) =>
  async (request) => {
    const incoming = { headers: request.headers, readBytes: () => readBody(request) }
    return responseOf(await receive(incoming, options, callback, request))
  }

export const responseOf = ({ status, headers, body }: Answer): Response =>
  new Response(body === "" ? null : body, { status, headers })
