import { createHash, timingSafeEqual } from "node:crypto"

import { KeyId } from "@posthorn/core/id"
import type { RandomBytes } from "@posthorn/core/ports"

/**
 * A key is `phk_`, the 22 characters of its id, and 32 characters (192 bits) of secret: the id finds the row without an index,
 * and the row has nothing but a hash. The hash needs no salt or stretching, since nobody can guess 192 random bits.
 */
const PATTERN = /^phk_([\w-]{22})[\w-]{32}$/
const SECRET_BYTES = 24
const PREFIX_LENGTH = 8

export interface NewKey {
  /** Shown once. */
  key: string
  prefix: string
  hash: string
}

export const newKeyFor = (id: string, randomBytes: RandomBytes): NewKey => {
  const key = `phk_${id.slice("key_".length)}${Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url")}`
  return { key, prefix: key.slice(0, PREFIX_LENGTH), hash: hashOf(key) }
}

/** The id of the key that this token may be; null where it cannot be one. */
export const idOfKey = (token: string): string | null => {
  const id = `key_${PATTERN.exec(token)?.[1] ?? ""}`
  return KeyId.safeParse(id).success ? id : null
}

export const hashOf = (key: string): string => createHash("sha256").update(key).digest("base64url")

/** In constant time: hashes have one length, and tell nothing about how much of a key was right. */
export const isSameHash = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b))
