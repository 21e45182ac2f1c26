import type { Instant } from "./time.ts"

export const scopes = ["read", "endpoints", "conversations", "admin"] as const
/** read: all GET; endpoints: write them; conversations: typing; admin: everything else. */
export type Scope = (typeof scopes)[number]

/** A key of the API. The key itself is kept nowhere: `hash` is all that is left of it. */
export interface KeyRow {
  id: string
  /** Rises with every write. */
  version: number
  name: string
  /** The first characters of the key, by which people tell keys apart. */
  prefix: string
  /** SHA-256 of the whole key, base64url. */
  hash: string
  scopes: Scope[]
  createdAt: Instant
  expiresAt: Instant | null
  lastUsedAt: Instant | null
  requestHash: string | null
}
