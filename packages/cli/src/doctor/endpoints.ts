import type { Attempt, DeliveryWithAttempts, Endpoint, Stats } from "@posthorn/sdk"

import { hostOf } from "../commands/endpoint-line.ts"
import { sayDelivery } from "../follow-delivery.ts"
import { duration, plain } from "../text.ts"
import { type Finding, fail, ok, warn } from "./finding.ts"

const CHECK = "endpoints"
const POOR_RATE = 0.9
const MINUTE_MS = 60_000

const nameOf = ({ id, url, description }: Endpoint): string => `${id} (${plain(description ?? hostOf(url), 40)})`

/** An endpoint by what the deployment knows of it: its state, and how the last day's attempts went. */
export const judgeEndpoint = (endpoint: Endpoint, stats: Stats["endpoints"], now: number): Finding => {
  const { id, status, disabledReason, disabledAt, circuit, heldCount, notBefore } = endpoint
  const name = nameOf(endpoint)
  const held = heldCount === 0 ? "" : ` ${String(heldCount)} deliveries are held.`
  if (status === "disabled")
    return disabledReason === "gone"
      ? fail(
          CHECK,
          `${name} answered 410 and is disabled.${held}`,
          `Once it is back: posthorn endpoints resume ${id}, then posthorn replay ${id} --since ${beforeGone(disabledAt)}`,
        )
      : fail(
          CHECK,
          `${name} failed for days and is disabled.${held}`,
          `Mend the receiver, then: posthorn endpoints resume ${id}`,
        )
  if (status === "paused") return warn(CHECK, `${name} is paused.${held}`, `posthorn endpoints resume ${id}`)
  if (circuit.state === "open")
    return fail(
      CHECK,
      `${name} failed ten times in a row, and is probed until it is back.${held}`,
      `posthorn deliveries list --endpoint ${id} shows how it fails. Once it is mended: posthorn endpoints resume ${id}`,
    )
  if (notBefore !== null && Date.parse(notBefore) > now)
    return warn(
      CHECK,
      `${name} asked to be left alone for ${duration(Date.parse(notBefore) - now)}.${held}`,
      `To go on now: posthorn endpoints resume ${id}`,
    )
  const figures = stats.find(({ endpointId }) => endpointId === id)
  const rate = figures?.successRate ?? null
  if (figures === undefined || rate === null)
    return ok(CHECK, `${name}: nothing was sent in the last day. --ping tries it.`)
  const percent = `${String(Math.floor(rate * 100))} % of ${String(figures.succeeded + figures.failed)} attempts succeeded in the last day`
  const see = `posthorn deliveries list --endpoint ${id} --status retrying,exhausted shows which fail`
  if (rate === 0) return fail(CHECK, `${name}: ${percent}.`, see)
  if (rate < POOR_RATE) return warn(CHECK, `${name}: ${percent}.`, see)
  return ok(CHECK, `${name}: ${percent}.`)
}

/** What met the 410 was seen before it (docs/replay.md). */
const beforeGone = (disabledAt: string | null): string =>
  disabledAt === null ? "…" : new Date(Date.parse(disabledAt) - MINUTE_MS).toISOString()

/** Deliveries that used up their attempts and were not sent again. */
export const judgeExhausted = (
  endpoint: Endpoint,
  exhausted: { eventSince: string; count: number; more: boolean } | null,
): Finding[] =>
  exhausted === null
    ? []
    : [
        warn(
          CHECK,
          `${nameOf(endpoint)}: ${exhausted.more ? "more than " : ""}${String(exhausted.count)} deliveries used up their attempts.`,
          `posthorn replay ${endpoint.id} --since ${exhausted.eventSince} --only-failed`,
        ),
      ]

/** A ping, followed to its first result. */
export const judgePing = (endpoint: Endpoint, delivery: DeliveryWithAttempts): Finding => {
  const message = `${nameOf(endpoint)}: ${plain(sayDelivery(delivery), 300)}.`.replace(/\.\.$/, ".")
  if (delivery.status === "succeeded") return ok("ping", message)
  if (delivery.status === "held" || delivery.status === "pending")
    return warn("ping", message, `posthorn deliveries get ${delivery.id} shows how it goes on`)
  return fail("ping", message, fixFor(delivery.lastAttempt))
}

const fixFor = (attempt: Attempt | null): string => {
  switch (attempt?.errorKind) {
    case "http_status":
      return fixForStatus(attempt.responseStatus)
    case "redirect":
      return "Redirects are not followed: set the url to where it leads (posthorn endpoints update --to)."
    case "timeout":
      return "Answer within 15 s: take the event down, answer 2xx, and work afterwards."
    case "dns":
      return "Its name does not resolve: check the url's spelling, and that the name is public."
    case "connect":
      return "Nothing listens there, or a firewall is in between: check host and port."
    case "tls":
      return "Its certificate is not valid: renew it, and send the whole chain."
    case "reset":
      return "It closes the connection before it answers: look into its log, or into what stands in front of it."
    case "address_refused":
      return "It is on a private address: only deployments with POSTHORN_ALLOW_PRIVATE_URLS send there."
    default:
      return "Look into the receiver's log."
  }
}

const fixForStatus = (status: number | null): string => {
  if (status === 401 || status === 403)
    return "It refuses: does it verify with this endpoint's secret, over the body as it came? posthorn endpoints rotate-secret gives a new one."
  if (status === 404 || status === 405)
    return "Nothing takes a POST at this path: correct it (posthorn endpoints update --to)."
  if (status === 410) return "It says never again: remove the endpoint, or mend the receiver and resume it."
  if (status === 429 || status === 503)
    return "It is overloaded: give the endpoint a rate limit (posthorn endpoints update --rate-limit 10)."
  return "Look into the receiver's log: it is there and fails."
}
