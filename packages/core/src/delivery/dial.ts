import type { EndpointRow } from "../endpoint.ts"
import type { Event } from "../event.ts"
import type { Instant } from "../time.ts"
import type { DeliverDeps } from "./deps.ts"
import { render } from "./format/format.ts"
import { headerContext, secretContext } from "./seal-context.ts"
import { send, type SendOutcome } from "./send.ts"
import { parseSecret } from "./sign.ts"

/** One attempt on the wire, with the endpoint's secrets and headers as they count at `at`. Never throws for the receiver's sake. */
export const dial = async (
  endpoint: EndpointRow,
  event: Event,
  at: Instant,
  deps: DeliverDeps,
): Promise<SendOutcome> => {
  const open = openerOf(endpoint, deps)
  const secrets = endpoint.secrets
    .filter((secret) => secret.expiresAt === null || secret.expiresAt > at)
    .map((secret) => parseSecret(open(secret.sealed, secretContext(endpoint.id))))
  const headers = Object.fromEntries(
    Object.entries(endpoint.headers).map(([name, sealed]) => [name, open(sealed, headerContext(endpoint.id, name))]),
  )
  const { body, ...format } = render(endpoint.format, event, { secrets, at })
  const request = { url: endpoint.url, eventId: event.id, body, secrets, headers, format }
  const { version, allowPrivateUrls } = deps.settings
  return await send({ ...request, allowPrivate: allowPrivateUrls }, { post: deps.post, clock: deps.clock, version })
}

/**
 * Opens a sealed value once for each row as it was read, by sealed text, which no two values share. A store that hands out the
 * same row until it changes saves a decryption at every attempt; what was opened goes when the row goes.
 */
const openerOf =
  (endpoint: EndpointRow, deps: Pick<DeliverDeps, "open">): DeliverDeps["open"] =>
  (sealed, context) => {
    const known = opened.get(endpoint) ?? new Map<string, string>()
    const plain = known.get(sealed) ?? deps.open(sealed, context)
    opened.set(endpoint, known.set(sealed, plain))
    return plain
  }
const opened = new WeakMap<EndpointRow, Map<string, string>>()
