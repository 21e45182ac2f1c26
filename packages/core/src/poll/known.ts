import type { KnownMessage, MessagePrints } from "../account.ts"

/**
 * The known messages of a checkpoint as bytes: they are most of its row, and a row is paid by its size.
 *
 *     version  varint count  bitmap: has prints  { hash (8 bytes)  varint sentAt - the one before  prints? } …
 *     prints = how (1 byte)  text (4 bytes)  attachments (0, 2 or 4)  reactions (0, 2 or 4)
 *
 * Most messages have no attachment and no reaction, so that a print mostly is the same as the one before it: then it takes
 * no byte. 200 messages of which the newest 50 have prints take 2,900 bytes at most, as long as messages are less than
 * three days apart on average and prints of attachments and reactions fit into 16 bits or repeat.
 */
export const encodeKnown = (known: KnownMessage[]): Uint8Array => {
  const bitmap = new Uint8Array(Math.ceil(known.length / 8))
  const bytes: number[] = []
  let sentAt = 0
  let last: MessagePrints = NO_PRINTS
  for (const [index, message] of known.entries()) {
    if (message.sentAt < sentAt) throw new RangeError("known messages are not sorted by sentAt")
    bytes.push(...hashBytes(message.hash))
    pushVarint(bytes, message.sentAt - sentAt)
    sentAt = message.sentAt
    if (message.prints === null) continue
    setBit(bitmap, index)
    pushPrints(bytes, message.prints, last)
    last = message.prints
  }
  const head: number[] = [VERSION]
  pushVarint(head, known.length)
  return Uint8Array.from([...head, ...bitmap, ...bytes])
}

/** What `encodeKnown` was given. Throws on bytes that it did not make. */
export const decodeKnown = (bytes: Uint8Array): KnownMessage[] => {
  const reader = new Reader(bytes)
  const version = reader.unsigned(1)
  if (version !== VERSION) throw new RangeError(`known messages of version ${version} are not understood`)
  const count = reader.varint()
  const bitmap = reader.take(Math.ceil(count / 8))
  const known: KnownMessage[] = []
  let sentAt = 0
  let last: MessagePrints = NO_PRINTS
  for (let index = 0; index < count; index += 1) {
    const hash = Buffer.from(reader.take(HASH_BYTES)).toString("base64url")
    sentAt += reader.varint()
    const prints = hasBit(bitmap, index) ? readPrints(reader, last) : null
    if (prints !== null) last = prints
    known.push({ hash, sentAt, prints })
  }
  if (!reader.atEnd()) throw new RangeError("known messages: bytes are left over")
  return known
}

const VERSION = 1
const HASH_BYTES = 8
const NO_PRINTS: MessagePrints = { text: 0, attachments: 0, reactions: null }

/** How a print stands in the bytes: two bits for attachments, the next two for reactions. */
const NULL = 0
const SAME = 1
const SHORT = 2
const LONG = 3
const widths = { [NULL]: 0, [SAME]: 0, [SHORT]: 2, [LONG]: 4 } as const
type How = keyof typeof widths

const howOf = (print: number | null, last: number | null): How =>
  print === null ? NULL : print === last ? SAME : print < 2 ** 16 ? SHORT : LONG

const pushPrints = (bytes: number[], prints: MessagePrints, last: MessagePrints): void => {
  const attachments = howOf(prints.attachments, last.attachments)
  const reactions = howOf(prints.reactions, last.reactions)
  bytes.push(attachments | (reactions << 2))
  pushUnsigned(bytes, prints.text, 4)
  pushUnsigned(bytes, prints.attachments, widths[attachments])
  pushUnsigned(bytes, prints.reactions ?? 0, widths[reactions])
}

const readPrints = (reader: Reader, last: MessagePrints): MessagePrints => {
  const how = reader.unsigned(1)
  const print = (how: How, last: number | null): number | null =>
    how === NULL ? null : how === SAME ? last : reader.unsigned(widths[how])
  const text = reader.unsigned(4)
  const attachments = print((how & 3) as How, last.attachments)
  const reactions = print(((how >> 2) & 3) as How, last.reactions)
  if (attachments === null) throw new RangeError("known messages: a print without attachments")
  return { text, attachments, reactions }
}

const hashBytes = (hash: string): Uint8Array => {
  const bytes = Buffer.from(hash, "base64url")
  if (bytes.length !== HASH_BYTES || bytes.toString("base64url") !== hash)
    throw new RangeError(`"${hash}" is not a short hash`)
  return bytes
}

const setBit = (bitmap: Uint8Array, index: number): void => {
  bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7))
}
const hasBit = (bitmap: Uint8Array, index: number): boolean => ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0

/** Little-endian; refuses what would not come back the same. */
const pushUnsigned = (bytes: number[], value: number, width: number): void => {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new RangeError(`${value} is not a 32-bit print`)
  for (let shift = 0; shift < width; shift += 1) bytes.push(Math.floor(value / 256 ** shift) % 256)
}

/** Seven bits to a byte; by division, since instants do not fit into 32 bits. */
const pushVarint = (bytes: number[], value: number): void => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a natural number`)
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

class Reader {
  private offset = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  atEnd(): boolean {
    return this.offset === this.bytes.length
  }

  take(count: number): Uint8Array {
    const end = this.offset + count
    if (end > this.bytes.length) throw new RangeError("known messages: bytes are missing")
    const taken = this.bytes.subarray(this.offset, end)
    this.offset = end
    return taken
  }

  unsigned(width: number): number {
    return this.take(width).reduceRight((value, byte) => value * 256 + byte, 0)
  }

  varint(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.unsigned(1)
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
    throw new RangeError("known messages: a number does not end")
  }
}
