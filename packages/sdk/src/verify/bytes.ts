/** Bytes that Web Crypto takes: their buffer is shared with nobody. */
export type Bytes = Uint8Array<ArrayBuffer>

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Standard base64 with its padding -> bytes; null if it is anything else. (`atob` alone takes blanks and lacking padding.) */
export const fromBase64 = (text: string): Bytes | null => {
  if (!BASE64.test(text)) return null
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  return bytes
}

export const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** UTF-8 -> text, or null. A byte order mark stays: it was signed too. */
export const toText = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

export const fromText = (text: string): Bytes => new TextEncoder().encode(text)
