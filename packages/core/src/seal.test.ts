import { randomBytes } from "node:crypto"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { createSeal } from "./seal.ts"

const key = (fill: number) => new Uint8Array(32).fill(fill)
const one = createSeal({ keys: [key(1)], randomBytes })
const at = "endpoint/ep_1/secrets"

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return ""
}

describe("createSeal", () => {
  test("opens what it sealed, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (plain, context) => {
        expect(one.open(one.seal(plain, context), context)).toBe(plain)
      }),
    )
  })

  test("seals the same text differently each time, and shows nothing of it", () => {
    const sealed = one.seal("whsec_secret", at)
    expect(sealed).not.toBe(one.seal("whsec_secret", at))
    expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/)
    expect(Buffer.from(sealed.split(".")[2]!, "base64url").toString("latin1")).not.toContain("secret")
  })

  test("the first key encrypts, all of them open", () => {
    const old = one.seal("a", at)
    const rotated = createSeal({ keys: [key(2), key(1)], randomBytes })
    expect(rotated.open(old, at)).toBe("a")
    const fresh = rotated.seal("b", at)
    expect(createSeal({ keys: [key(2)], randomBytes }).open(fresh, at)).toBe("b")
    expect(messageOf(() => one.open(fresh, at))).toContain("not among the encryption keys")
  })

  test("does not open in another row or field", () => {
    const sealed = one.seal("plain words", at)
    const message = messageOf(() => one.open(sealed, "endpoint/ep_2/secrets"))
    expect(message).toContain("belongs to another row or field")
    expect(message).not.toContain("plain words")
  })

  test("does not open when any one character was changed", () => {
    const sealed = one.seal("plain words", at)
    for (let index = 0; index < sealed.length; index++) {
      const changed = sealed.slice(0, index) + (sealed[index] === "A" ? "B" : "A") + sealed.slice(index + 1)
      expect(
        messageOf(() => one.open(changed, at)),
        `character ${index}`,
      ).not.toBe("")
    }
    for (const changed of [`${sealed}A`, `${sealed}!`, `${sealed}.x`, sealed.slice(0, -1), sealed.slice(0, 20), ""])
      expect(
        messageOf(() => one.open(changed, at)),
        changed,
      ).not.toBe("")
  })

  test("names the key that is missing by its id only", () => {
    const message = messageOf(() => createSeal({ keys: [key(3)], randomBytes }).open(one.seal("x", at), at))
    expect(message).toContain(at)
    for (const encoding of ["hex", "base64", "base64url"] as const)
      expect(message).not.toContain(Buffer.from(key(3)).toString(encoding).slice(0, 16))
  })

  test("tells what is sealed under the first key from what is not", () => {
    const old = one.seal("a", at)
    const rotated = createSeal({ keys: [key(2), key(1)], randomBytes })
    expect(one.isSealedWithCurrentKey(old)).toBe(true)
    expect(rotated.isSealedWithCurrentKey(old)).toBe(false)
    expect(rotated.isSealedWithCurrentKey(rotated.seal("a", at))).toBe(true)
    expect(one.isSealedWithCurrentKey("plain words")).toBe(false)
  })

  test("refuses no key, and keys of another length", () => {
    expect(() => createSeal({ keys: [], randomBytes })).toThrow("at least one")
    expect(() => createSeal({ keys: [new Uint8Array(31)], randomBytes })).toThrow("32 bytes, this one has 31")
  })
})
