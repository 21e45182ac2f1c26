import { type Bytes, fromText } from "./bytes.ts"
import { VerificationError } from "./error.ts"

/** A longer body is not read. Posthorn's events have at most 200 KB. */
export const BODY_BYTES_MAX = 1024 * 1024

/** What was received, before anything parsed it. */
export type RawBody = string | Uint8Array | ArrayBuffer

/** What `verify` needs of a Fetch `Request`. */
export interface RequestBody {
  readonly body: ReadableStream<Uint8Array> | null
  readonly bodyUsed: boolean
}

export const tooLarge = (): VerificationError =>
  new VerificationError(
    "body_too_large",
    `The body is longer than ${BODY_BYTES_MAX} bytes. Posthorn sends no such body.`,
  )

export const bytesOf = (body: unknown): Bytes => {
  if (typeof body === "string") {
    // A character has a byte at least.
    if (body.length > BODY_BYTES_MAX) throw tooLarge()
    return atMost(fromText(body))
  }
  if (body instanceof Uint8Array) return atMost(new Uint8Array(body))
  if (body instanceof ArrayBuffer) return atMost(new Uint8Array(body))
  throw new VerificationError(
    "body_changed",
    body === undefined || body === null
      ? "There is no body. Hand over the raw body: the text or bytes as they came."
      : "The body was parsed before its signature was checked. Hand over the raw body: the text or bytes as they came.",
  )
}

/** Reads a request's body, no further than the bound. */
export const readBody = async ({ body, bodyUsed }: RequestBody): Promise<Bytes> => {
  if (bodyUsed || body?.locked === true)
    throw unreadable(
      "The request's body was read before. Verify first, or hand over { headers, body } with the raw body that was read.",
    )
  const whole = new Collector()
  if (body === null) return whole.bytes()
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw brokenOff()
    })
    if (done) return whole.bytes()
    if (whole.add(value)) continue
    // Not waited for: whoever sends does not decide how long we listen.
    reader.cancel().catch(() => undefined)
    throw tooLarge()
  }
}

/** Chunks to one piece, of which there are no more than the bound allows. */
export class Collector {
  readonly #chunks: Uint8Array[] = []
  #length = 0

  /** False: that was too much, and is not kept. */
  add(chunk: Uint8Array): boolean {
    if (this.#length + chunk.length > BODY_BYTES_MAX) return false
    this.#length += chunk.length
    this.#chunks.push(chunk)
    return true
  }

  bytes(): Bytes {
    const whole = new Uint8Array(this.#length)
    let at = 0
    for (const chunk of this.#chunks) {
      whole.set(chunk, at)
      at += chunk.length
    }
    return whole
  }
}

export const unreadable = (message: string): VerificationError => new VerificationError("body_unreadable", message)
export const brokenOff = (): VerificationError => unreadable("The connection broke before the body was whole.")

const atMost = (bytes: Bytes): Bytes => {
  if (bytes.length > BODY_BYTES_MAX) throw tooLarge()
  return bytes
}
