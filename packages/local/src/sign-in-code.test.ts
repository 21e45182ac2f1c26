import { expect, it } from "vitest"

import { createSignInCode } from "./sign-in-code.ts"

const HOUR = 3_600_000

const made = () => {
  const clock = { at: 5_000, now: () => clock.at }
  return { clock, ...createSignInCode({ clock, randomBytes: (size) => new Uint8Array(size).fill(size) }) }
}

it("is 192 random bits as text that fits into a link", () => {
  expect(made().code).toBe(Buffer.alloc(24, 24).toString("base64url"))
  expect(made().code).toMatch(/^[\w-]{32}$/)
})

it("lets in once, however often it comes", () => {
  const { code, take } = made()
  expect([take(code), take(code), take(code)]).toEqual([true, false, false])
})

it("lets in within the hour, and not when it is over", () => {
  const [early, late] = [made(), made()]
  early.clock.at += HOUR - 1
  late.clock.at += HOUR
  expect([early.take(early.code), late.take(late.code)]).toEqual([true, false])
})

it("refuses anything else, of whatever length, and is none the worse for it", () => {
  const { code, take } = made()
  const wrong = ["", code.slice(1), `${code}A`, `A${code.slice(1)}`, code.toLowerCase(), "ü".repeat(99)]
  for (const other of wrong) expect(take(other), other).toBe(false)
  expect(take(code)).toBe(true)
})
