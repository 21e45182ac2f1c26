import { createHash } from "node:crypto"

/**
 * How far a consumer has read each log: one position per log it knows. An opaque text to whoever holds it, as short as 500 logs
 * allow: a version, then for each log 6 bytes of its name's hash and its position as a varint, then a check over all that, in
 * base64url. Without the check a letter lost on the way would pass over events unseen.
 */
export type Bookmark = ReadonlyMap<LogKey, number>

/** 48 bits of a log's name: two of 500 logs collide once in two billion deployments. */
export type LogKey = string

const VERSION = 1
const HASH_BYTES = 6
const CHECK_BYTES = 4
/** 500 accounts and the log `system`, each at most 14 bytes, in base64. */
export const BOOKMARK_LENGTH_MAX = 10_000

export const logKey = (log: string): LogKey =>
  createHash("sha256").update(log).digest().subarray(0, HASH_BYTES).toString("base64url")

export const encodeBookmark = (bookmark: Bookmark): string => {
  const bytes = [VERSION]
  for (const [key, position] of [...bookmark].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    bytes.push(...Buffer.from(key, "base64url"), ...varint(position))
  const told = Buffer.from(bytes)
  return Buffer.concat([told, checkOf(told)]).toString("base64url")
}

const checkOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest().subarray(0, CHECK_BYTES)

/** Null where the text is no bookmark. */
export const decodeBookmark = (text: string): Bookmark | null => {
  if (text.length > BOOKMARK_LENGTH_MAX || !/^[\w-]+$/.test(text)) return null
  const whole = Buffer.from(text, "base64url")
  const bytes = whole.subarray(0, -CHECK_BYTES)
  // Read back, since base64 forgives letters that say nothing.
  const isWhole = whole.toString("base64url") === text && checkOf(bytes).equals(whole.subarray(-CHECK_BYTES))
  if (!isWhole || bytes[0] !== VERSION) return null
  const bookmark = new Map<LogKey, number>()
  let at = 1
  while (at < bytes.length) {
    const key = bytes.subarray(at, at + HASH_BYTES)
    const read = readVarint(bytes, at + HASH_BYTES)
    if (key.length < HASH_BYTES || read === null) return null
    bookmark.set(key.toString("base64url"), read.value)
    at = read.next
  }
  return bookmark
}

const BASE = 128
const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= BASE; rest = Math.floor(rest / BASE)) bytes.push((rest % BASE) + BASE)
  return [...bytes, rest]
}

const readVarint = (bytes: Uint8Array, from: number): { value: number; next: number } | null => {
  let value = 0
  let unit = 1
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    value += (byte % BASE) * unit
    if (!Number.isSafeInteger(value)) return null
    if (byte < BASE) return { value, next: at + 1 }
    unit *= BASE
  }
  return null
}
