import type { Instant } from "../time.ts"

/** 1973 in milliseconds, the year 5138 in seconds: no message falls between the two units. */
const MILLISECONDS_FROM = 100_000_000_000
/** The end of the year 9999: what lies beyond (microseconds, say) is not an instant that we know how to read. */
const INSTANT_MAX = 253_402_300_799_999

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/i
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * An instant in any of the forms upstream uses: milliseconds, seconds, ISO, `YYYY-MM-DD HH:MM:SS+00:00`, HTTP date
 * (upstream docs, trap 8). Null for everything else; never NaN.
 */
export function instantOf(value: unknown): Instant | null {
  if (typeof value === "number") return inRange(value < MILLISECONDS_FROM ? value * 1_000 : value)
  if (typeof value !== "string") return null
  const text = value.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return instantOf(Number(text))
  if (HTTP_DATE.test(text)) return inRange(Date.parse(text))
  const [, day, time = "00:00", zone = "Z"] = ISO.exec(text) ?? []
  // Without a zone JavaScript would read the local time of whatever machine this is.
  return day === undefined ? null : inRange(Date.parse(`${day}T${time}${withColon(zone)}`))
}

const withColon = (zone: string) => zone.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, "$1:$2")

const inRange = (instant: number): Instant | null =>
  Number.isFinite(instant) && instant > 0 && instant <= INSTANT_MAX ? Math.trunc(instant) : null

/**
 * The `2-…` part of a bare id, of a URN that ends in one, or of a thread's web address (upstream docs, traps 1 and 2).
 * Only what follows the last separator counts: a profile id before it may contain `2-` too.
 */
export function bareId(value: string): string | null {
  const thread = /^https?:\/\/[^?#]*\/thread\/([^/?#]+)/.exec(value)?.[1]
  const last = thread === undefined ? (/[^,:(]*$/.exec(value.replace(/\)+$/, ""))?.[0] ?? "") : unescaped(thread)
  return /^2-[\w+/=-]+$/.test(last) ? last : null
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The bare id of the first name that has one; else the first name whole (Sales Navigator has ids of its own). */
export function idOf(names: readonly (string | null)[]): string | null {
  const given = names.filter((name) => name !== null)
  for (const name of given) {
    const id = bareId(name)
    if (id !== null) return id
  }
  return given[0] ?? null
}

/** The mailbox owner's profile URN inside `urn:li:msg_conversation:(<owner>,2-…)`. */
export const ownerOf = (urn: string | null): string | null =>
  /^urn:li:\w+:\((urn:li:fsd_profile:[^,()]+),/.exec(urn ?? "")?.[1] ?? null

/** The profile id at the end of a profile's or participant's URN; null for organisations and LinkedIn itself. */
export const profileIdOf = (urn: string | null): string | null =>
  /(?:^|:)urn:li:fsd_profile:([^,():]+)$/.exec(urn ?? "")?.[1] ?? null

/** Every character that means something in a URL: `encodeURIComponent` leaves the parentheses of a URN as they are. */
export const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

/** Oldest first and each id once: upstream sorts nothing, and a page may overlap itself (upstream docs, trap 5). */
export function inOrder<Message extends { id: string; sentAt: Instant }>(messages: readonly Message[]): Message[] {
  const byId = new Map<string, Message>()
  for (const message of messages) if (!byId.has(message.id)) byId.set(message.id, message)
  return [...byId.values()].sort((a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : 1))
}
