import { expect, test } from "vitest"

import { createIdempotencyKeys } from "./idempotency-key.ts"

test("the same body has the same key, another has another", () => {
  const keyFor = createIdempotencyKeys()
  const first = keyFor({ url: "https://example.com" })
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect(keyFor({ url: "https://example.com" })).toBe(first)
  const second = keyFor({ url: "https://example.org" })
  expect(second).not.toBe(first)
  expect(createIdempotencyKeys()({ url: "https://example.org" })).not.toBe(second)
})
