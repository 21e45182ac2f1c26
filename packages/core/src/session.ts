import { HOUR_MS, type Instant } from "./time.ts"

/** A session lasts so long, however much it is used. */
export const SESSION_MS = 12 * HOUR_MS

/** A browser that signed in with a key. Its token is kept nowhere, and the key is asked for again at every request. */
export interface SessionRow {
  /** SHA-256 of the token, base64url: a row finds no token. */
  id: string
  keyId: string
  /** Of the key as it was at sign-in (`KeyRow.hash`): another key under the same id is not the one that signed in. */
  keyHash: string
  createdAt: Instant
  expiresAt: Instant
}
