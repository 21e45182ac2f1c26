import { expect, it } from "vitest"

import { createRequestWindow } from "./request-window.ts"

it("counts a grant whole until it is settled, then what was used, for a minute", () => {
  const window = createRequestWindow()
  const grant = window.reserve(1_000, 10)
  expect(window.used(90_000)).toBe(10)
  grant.settle(3, 31_000)
  expect(window.used(90_999)).toBe(3)
  expect(window.used(91_000)).toBe(0)
})
