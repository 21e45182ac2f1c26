import {
  type Client,
  createClient,
  type EventMessage,
  gone,
  type HandlerOptions,
  type KnownEvent,
  type PosthornEvent,
  VerificationError,
  verify,
} from "@posthorn/sdk"
import { handler as express } from "@posthorn/sdk/express"
import { handler as hono } from "@posthorn/sdk/hono"
import { handler as lambda } from "@posthorn/sdk/lambda"
import { handler as next } from "@posthorn/sdk/next"
import { handler as web } from "@posthorn/sdk/web"

// What a consumer's compiler has to know, compiled by test/packages/sdk.test.ts in a project of its own. Never run.

export const summary = (event: PosthornEvent): string => {
  switch (event.type) {
    case "message.received":
    case "message.sent": {
      const message: EventMessage = event.data.message
      // @ts-expect-error -- revisions are of message.updated alone
      event.data.revision satisfies number
      return `${event.data.sequence}: ${message.text} from ${message.sender?.name ?? "nobody"}`
    }
    case "message.updated":
      return event.data.changes.map((change: "text" | "attachments" | "reactions") => change).join()
    case "account.status_changed":
      return event.data.reason ?? event.data.status
    case "ping":
      return event.data.note
    case "custom.deal_won":
      return String(event.data["amount"])
    default: {
      // @ts-expect-error -- a ping has been told apart above
      if (event.type === "ping") return ""
      return event.type satisfies Exclude<KnownEvent["type"], "ping" | "message.received"> | `custom.${string}`
    }
  }
}

export const check = async (request: Request): Promise<string> => {
  try {
    const event = await verify(request, [process.env["NEW_SECRET"], process.env["OLD_SECRET"]])
    return summary(event)
  } catch (error) {
    if (error instanceof VerificationError && error.code === "clock_off") return `off by ${error.offsetSeconds ?? 0} s`
    // @ts-expect-error -- no such code
    if (error instanceof VerificationError && error.code === "clock_of") return ""
    throw error
  }
}

const handled: unknown[] = []
const options: HandlerOptions<unknown> = { secret: "whsec_…", seen: new Set<string>() }
export const handlers = [web, next].map((make) =>
  make(options, (event) => (event.type === "ping" ? gone() : undefined)),
)
export const others = [
  hono(options, async (event, { req }) => void handled.push(summary(event), req)),
  express(options, (event, request) => void handled.push(summary(event), request.headers)),
  lambda(options, (event, { body }) => void handled.push(summary(event), body)),
]
// @ts-expect-error -- 404 is nothing that Posthorn acts on
web(options, () => ({ status: 404 }))

export const client: Client = createClient({ url: "https://posthorn.example.com", key: "phk_…" })
declare const process: { env: Record<string, string | undefined> }
