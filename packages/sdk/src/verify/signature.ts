import { type Bytes, fromText, toBase64 } from "./bytes.ts"

/** `id.timestamp.`: what is signed in front of the body. */
export interface Signed {
  id: string
  timestamp: number
  /** Base64, as the header has them. */
  signatures: readonly string[]
}

/** Whether any of the signatures was made with any of the keys over this body (Standard Webhooks 1.0, HMAC-SHA256). */
export const isSigned = async (
  { id, timestamp, signatures }: Signed,
  body: Uint8Array,
  keys: readonly Bytes[],
): Promise<boolean> => {
  const head = fromText(`${id}.${timestamp}.`)
  const signed = new Uint8Array(head.length + body.length)
  signed.set(head)
  signed.set(body, head.length)
  let matches = false
  for (const key of keys) {
    const algorithm = { name: "HMAC", hash: "SHA-256" }
    const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"])
    const expected = toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", imported, signed)))
    // All are looked at, so that the time does not tell which fits.
    for (const signature of signatures) if (isEqual(expected, signature)) matches = true
  }
  return matches
}

/** In a time that depends on the lengths alone, which are no secret. */
const isEqual = (expected: string, given: string): boolean => {
  if (expected.length !== given.length) return false
  let difference = 0
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at)
  return difference === 0
}
