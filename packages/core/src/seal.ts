import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject } from "node:crypto"
import type { RandomBytes } from "./ports.ts"

const CIPHER = "aes-256-gcm"
const KEY_BYTES = 32
/** NIST SP 800-38D, 8.2.2: 96 random bits are safe for 2^32 seals under one key. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = "v1"

/** Encryption at rest, for endpoint secrets and custom header values. */
export interface Seal {
  /** `context` says where the value is kept (row and field), and is not stored: sealed text moved elsewhere does not open. */
  seal: (plain: string, context: string) => string
  /** Throws where the text was changed, moved, or sealed under a key that is not given. */
  open: (sealed: string, context: string) => string
  /** Whether the text names the first key, under which it would be sealed today. Says nothing about whether it opens. */
  isSealedWithCurrentKey: (sealed: string) => boolean
}

export interface SealOptions {
  /** 32 bytes each; the first encrypts, all of them open. Keep an old key until everything is sealed anew (see reseal.ts). */
  keys: readonly Uint8Array[]
  randomBytes: RandomBytes
}

/** AES-256-GCM; a sealed text is `v1.<key id>.<nonce, ciphertext, tag in base64url>`. */
export const createSeal = ({ keys, randomBytes }: SealOptions): Seal => {
  const known = new Map(keys.map((key) => [keyId(key), secretKey(key)]))
  const [first] = known.keys()
  if (first === undefined) throw new Error("at least one encryption key is needed")

  return {
    seal: (plain, context) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, known.get(first) as KeyObject, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(boundTo(first, context))
      const bytes = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()])
      return `${VERSION}.${first}.${bytes.toString("base64url")}`
    },
    open: (sealed, context) => {
      const [version, id = "", encoded = "", ...rest] = sealed.split(".")
      const bytes = Buffer.from(encoded, "base64url")
      // Node skips what is not base64url: only an exact round trip is what was sealed.
      const isWhole = bytes.length >= NONCE_BYTES + TAG_BYTES && bytes.toString("base64url") === encoded
      if (version !== VERSION || rest.length > 0 || !isWhole) throw new Error(`${context}: this is not a sealed value`)
      const key = known.get(id)
      if (key === undefined)
        throw new Error(
          `${context}: sealed under the key ${JSON.stringify(id)}, which is not among the encryption keys`,
        )
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(boundTo(id, context))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8")
      } catch {
        throw new Error(`${context}: the sealed value was changed, or belongs to another row or field`)
      }
    },
    isSealedWithCurrentKey: (sealed) => sealed.startsWith(`${VERSION}.${first}.`),
  }
}

const secretKey = (key: Uint8Array): KeyObject => {
  if (key.length !== KEY_BYTES) throw new Error(`an encryption key has ${KEY_BYTES} bytes, this one has ${key.length}`)
  return createSecretKey(key)
}

/** Tells keys apart and gives nothing of them away. */
const keyId = (key: Uint8Array): string =>
  createHash("sha256").update("posthorn key id").update(key).digest().subarray(0, 6).toString("base64url")

const boundTo = (id: string, context: string): Buffer => Buffer.from(JSON.stringify([VERSION, id, context]))
