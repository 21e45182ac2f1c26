import { bytesOf, readBody } from "../verify/body.ts"
import { type EventCallback, type HandlerOptions, receive } from "./receive.ts"
import { responseOf } from "./web.ts"

/** What is used of Hono's `Context`. */
export interface HonoContext {
  req: { readonly raw: Request; arrayBuffer(): Promise<ArrayBuffer> }
}

/** A Hono handler: `app.post("/hook", handler({ secret }, async (event, c) => { … }))`. */
export const handler =
  <Context extends HonoContext>(
    options: HandlerOptions<Context>,
    callback: EventCallback<Context>,
  ): ((context: Context) => Promise<Response>) =>
  async (context) => {
    const { raw } = context.req
    // Where a middleware has read the body, Hono keeps what it read.
    const kept = async () => bytesOf(await context.req.arrayBuffer().catch(() => readBody(raw)))
    const readBytes = () => (raw.bodyUsed ? kept() : readBody(raw))
    return responseOf(await receive({ headers: raw.headers, readBytes }, options, callback, context))
  }
