import { useRef } from "react"

const KEY_BYTES = 16

/** `crypto.randomUUID` is there on secure origins alone, and a relay in one's own network may be none. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** The same key for the same body, a new one for another: what is sent twice makes one thing, what was corrected is not refused. */
export const createIdempotencyKeys = (): ((body: unknown) => string) => {
  let last: { body: string; key: string } | null = null
  return (body) => {
    const text = JSON.stringify(body)
    if (last?.body !== text) last = { body: text, key: newKey() }
    return last.key
  }
}

/** The keys of one form. */
export const useIdempotencyKey = (): ((body: unknown) => string) => {
  const keys = useRef<(body: unknown) => string>(null)
  return (body) => (keys.current ??= createIdempotencyKeys())(body)
}
