import fc from "fast-check"
import { describe, expect, it } from "vitest"

import type { KnownMessage } from "../account.ts"
import { shortHash } from "../id.ts"
import { DAY_MS, HOUR_MS } from "../time.ts"
import { decodeKnown, encodeKnown } from "./known.ts"

const hashes = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("base64url"))
const print = fc.oneof(fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 0xffff }), fc.constantFrom(0, 1, 0xffff, 0x1_0000))
const prints = fc.record({ text: print, attachments: print, reactions: fc.option(print) })
const message = fc.record({ hash: hashes, sentAt: fc.maxSafeNat(), prints: fc.option(prints) })
const sorted = (known: KnownMessage[]) => known.sort((a, b) => a.sentAt - b.sentAt)

/** 200 messages, `apart` from each other, of which the newest 50 have prints. */
const checkpoint = (apart: number, printsOf: (index: number) => KnownMessage["prints"]): KnownMessage[] =>
  Array.from({ length: 200 }, (_, index) => ({
    hash: shortHash(String(index)),
    sentAt: Date.UTC(2026, 0, 1) + index * apart,
    prints: index < 150 ? null : printsOf(index),
  }))

describe("known messages as bytes", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 250 }).map(sorted), (known) => {
        expect(decodeKnown(encodeKnown(known))).toEqual(known)
      }),
    )
  })

  it("are none for none", () => {
    expect(decodeKnown(encodeKnown([]))).toEqual([])
    expect(encodeKnown([])).toHaveLength(2)
  })

  it("keep their form: rows written by this version are read by later ones", () => {
    const known: KnownMessage[] = [
      { hash: "AAECAwQFBgc", sentAt: 1_794_700_000_000, prints: null },
      { hash: "CAkKCwwNDg8", sentAt: 1_794_700_000_200, prints: { text: 1, attachments: 0, reactions: null } },
      { hash: "EBESExQVFhc", sentAt: 1_794_700_000_200, prints: { text: 2, attachments: 513, reactions: 65_536 } },
    ]
    const written =
      "0103060001020304050607" +
      "80f6d2e39d34" +
      "08090a0b0c0d0e0f" +
      "c801" +
      "0101000000" +
      "1011121314151617" +
      "00" +
      "0e02000000010200000100"
    expect(Buffer.from(encodeKnown(known)).toString("hex")).toBe(written)
    expect(decodeKnown(Buffer.from(written, "hex"))).toEqual(known)
  })

  it("take at most 2,900 bytes for 200, whatever the prints, when those of attachments and reactions are 16 bits", () => {
    const any = checkpoint(3 * DAY_MS, (index) => ({
      text: 2 ** 32 - index,
      attachments: index,
      reactions: index + 300,
    }))
    expect(encodeKnown(any).length).toBeLessThanOrEqual(2_900)
  })

  it("take at most 2,800 bytes for 200 as conversations mostly are, with prints of 32 bits", () => {
    const usual = checkpoint(5 * HOUR_MS, (index) => ({
      text: 2 ** 32 - index,
      attachments: index % 10 === 0 ? 2 ** 31 + index : 0x9dc5_1234,
      reactions: index % 10 === 5 ? 2 ** 31 + index : 0x811c_9dc5,
    }))
    expect(encodeKnown(usual).length).toBeLessThanOrEqual(2_800)
  })

  it("are refused when they would not come back the same", () => {
    const known = (change: Partial<KnownMessage>) => [{ hash: shortHash("a"), sentAt: 1, prints: null, ...change }]
    expect(() => encodeKnown(known({ hash: "h1" }))).toThrow(RangeError)
    expect(() => encodeKnown(known({ hash: `${shortHash("a")}AA` }))).toThrow(RangeError)
    expect(() => encodeKnown(known({ hash: "AAAAAAAAAAB" }))).toThrow(RangeError)
    expect(() => encodeKnown(known({ sentAt: -1 }))).toThrow(RangeError)
    expect(() => encodeKnown(known({ sentAt: 1.5 }))).toThrow(RangeError)
    expect(() => encodeKnown(known({ sentAt: Number.NaN }))).toThrow(RangeError)
    expect(() => encodeKnown([...known({ sentAt: 2 }), ...known({ sentAt: 1 })])).toThrow(RangeError)
    for (const bad of [-1, 1.5, 2 ** 32]) {
      expect(() => encodeKnown(known({ prints: { text: bad, attachments: 0, reactions: null } }))).toThrow(RangeError)
      expect(() => encodeKnown(known({ prints: { text: 0, attachments: bad, reactions: null } }))).toThrow(RangeError)
      expect(() => encodeKnown(known({ prints: { text: 0, attachments: 0, reactions: bad } }))).toThrow(RangeError)
    }
  })

  it("are refused when bytes are missing, left over, or of another version", () => {
    const bytes = encodeKnown(checkpoint(HOUR_MS, () => ({ text: 1, attachments: 2, reactions: 3 })))
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => decodeKnown(bytes.slice(0, length))).toThrow(RangeError)
    expect(() => decodeKnown(Uint8Array.from([...bytes, 0]))).toThrow(RangeError)
    expect(() => decodeKnown(Uint8Array.from([2, ...bytes.slice(1)]))).toThrow("version 2")
  })
})
