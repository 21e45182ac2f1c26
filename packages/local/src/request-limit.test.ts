import { expect, it } from "vitest"

import { createRequestLimit } from "./request-limit.ts"

it("a key that asks too often waits, for a moment, and no other key with it", async () => {
  const take = createRequestLimit()
  const waits = await Promise.all(Array.from({ length: 101 }, () => take("key_busy")))
  expect(waits.slice(0, 100).every((wait) => wait === 0)).toBe(true)
  expect(waits[100]).toBeGreaterThan(0)
  expect(waits[100]).toBeLessThanOrEqual(2_000)
  expect(await take("key_calm")).toBe(0)
})
