import type { EndpointFormat } from "../../endpoint.ts"
import type { Event } from "../../event.ts"
import { connectsafelyBody, connectsafelyHeaders } from "./connectsafely.ts"
import type { FormatHeaders, RenderContext } from "./context.ts"
import { discordBody } from "./discord.ts"
import { slackBody } from "./slack.ts"
import { unipileBody } from "./unipile.ts"

export interface Rendered extends FormatHeaders {
  /** JSON, exactly what is signed and sent. */
  body: string
}

/**
 * An event as an endpoint of this format wants it. The body depends on event and format alone and is made once for both: every
 * attempt at every endpoint signs and sends the same bytes. Every type has a body in every format (docs/formats.md).
 */
export const render = (format: EndpointFormat, event: Event, context: RenderContext): Rendered => {
  const body = bodyOf(format, event)
  return { body, ...(headersOf[format]?.(body, context) ?? noHeaders) }
}

const makers: Record<EndpointFormat, (event: Event) => unknown> = {
  standard: (event) => event,
  unipile: unipileBody,
  slack: slackBody,
  discord: discordBody,
  connectsafely: connectsafelyBody,
}

const headersOf: Partial<Record<EndpointFormat, (body: string, context: RenderContext) => FormatHeaders>> = {
  connectsafely: connectsafelyHeaders,
}
const noHeaders: FormatHeaders = { headers: {}, signatures: [] }

/** Lives as long as the event does. */
const bodies = new WeakMap<Event, Map<EndpointFormat, string>>()

const bodyOf = (format: EndpointFormat, event: Event): string => {
  const made = bodies.get(event) ?? new Map<EndpointFormat, string>()
  const body = made.get(format) ?? JSON.stringify(makers[format](event))
  bodies.set(event, made.set(format, body))
  return body
}
