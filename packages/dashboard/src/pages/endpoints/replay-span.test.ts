import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { fromLocalText, toLocalText } from "./replay-span.ts"

describe.each(["UTC", "America/St_Johns", "Asia/Kathmandu"])("in %s", (zone) => {
  const before = process.env.TZ
  beforeEach(() => void (process.env.TZ = zone))
  afterEach(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })

  test("an instant comes back to the second, never later", () => {
    for (const at of ["2026-11-14T23:46:40.999Z", "2026-03-08T06:59:59.000Z", "2026-07-01T00:00:00.001Z"])
      expect(fromLocalText(toLocalText(Date.parse(at)))).toBe(`${at.slice(0, 19)}.000Z`)
  })
})

test("the text is the wall clock's of the viewer's zone", () => {
  const before = process.env.TZ
  process.env.TZ = "Asia/Kathmandu"
  try {
    expect(toLocalText(Date.parse("2026-11-14T23:46:40.000Z"))).toBe("2026-11-15T05:31:40")
    expect(fromLocalText("2026-11-15T05:31")).toBe("2026-11-14T23:46:00.000Z")
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
})

test("nothing is null, and what is no instant is left to the API to refuse", () => {
  expect(fromLocalText("")).toBeNull()
  expect(fromLocalText("999999-01-01T00:00")).toBe("999999-01-01T00:00")
})
