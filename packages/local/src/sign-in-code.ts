import { hashOf, isSameHash } from "@posthorn/api/key-token"
import type { Clock, RandomBytes } from "@posthorn/core/ports"
import { HOUR_MS } from "@posthorn/core/time"

const CODE_BYTES = 24
const VALID_MS = HOUR_MS

export interface SignInCode {
  /** For the person who sees the terminal, and nobody else. */
  code: string
  /** True for the first who brings the code, in the hour after it was made. In constant time; wrong tries use up nothing. */
  take: (code: string) => boolean
}

/** What spares whoever has just started Posthorn the copying of a key. */
export const createSignInCode = ({
  clock,
  randomBytes,
}: {
  clock: Pick<Clock, "now">
  randomBytes: RandomBytes
}): SignInCode => {
  const code = Buffer.from(randomBytes(CODE_BYTES)).toString("base64url")
  const hash = hashOf(code)
  const until = clock.now() + VALID_MS
  let isTaken = false
  return {
    code,
    take: (given) => {
      if (!isSameHash(hashOf(given), hash) || isTaken || clock.now() >= until) return false
      isTaken = true
      return true
    },
  }
}
