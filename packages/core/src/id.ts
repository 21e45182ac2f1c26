import { createHash } from "node:crypto"
import * as z from "zod"

/** Characters behind a prefix: 132 bits of base64url, so that ids of one kind all have one length. */
const BODY_LENGTH = 22

const prefixes = {
  event: "evt",
  endpoint: "ep",
  delivery: "dlv",
  attempt: "att",
  key: "key",
  job: "job",
  request: "req",
} as const
type Kind = keyof typeof prefixes

const idSchema = (kind: Kind, length = BODY_LENGTH) =>
  z.string().regex(new RegExp(`^${prefixes[kind]}_[A-Za-z0-9_-]{${String(length)}}$`))

export const EventId = idSchema("event")
export const EndpointId = idSchema("endpoint")
export const JobId = idSchema("job")
export const KeyId = idSchema("key")
export const DeliveryId = idSchema("delivery", 2 * BODY_LENGTH)

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url").slice(0, BODY_LENGTH)

/** An id that is the same whenever the same parts are seen again. Parts are length-prefixed: ("ab","c") is not ("a","bc"). */
export const derivedId = (kind: Kind, ...parts: string[]): string => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(`${String(Buffer.byteLength(part))}:`).update(part)
  return `${prefixes[kind]}_${encode(hash.digest())}`
}

/** A new id from 17 random bytes. */
export const newId = (kind: Kind, randomBytes: (size: number) => Uint8Array): string =>
  `${prefixes[kind]}_${encode(randomBytes(17))}`

/** At most one delivery exists per (event, endpoint): its id is both, so that no index is needed to find it. */
export const deliveryId = (eventId: string, endpointId: string): string =>
  `${prefixes.delivery}_${bodyOf(eventId)}${bodyOf(endpointId)}`

/** The event and endpoint of a delivery's id, or null where it is not one. */
export const partsOfDeliveryId = (id: string): { eventId: string; endpointId: string } | null => {
  if (!DeliveryId.safeParse(id).success) return null
  const body = bodyOf(id)
  return {
    eventId: `${prefixes.event}_${body.slice(0, BODY_LENGTH)}`,
    endpointId: `${prefixes.endpoint}_${body.slice(BODY_LENGTH)}`,
  }
}

/** 64 bits of SHA-256 as 11 characters: enough to tell apart the few hundred things that one row remembers. */
export const shortHash = (text: string): string =>
  createHash("sha256").update(text).digest().subarray(0, 8).toString("base64url")

const bodyOf = (id: string): string => id.slice(id.indexOf("_") + 1)
