import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { instantOf, localOf } from "./instant-field.ts"

const before = process.env.TZ
afterEach(() => {
  if (before === undefined) delete process.env.TZ
  else process.env.TZ = before
})

describe.each(["UTC", "America/St_Johns", "Asia/Kathmandu"])("in %s", (zone) => {
  beforeEach(() => void (process.env.TZ = zone))

  test("an instant comes back to the minute, never later", () => {
    for (const at of ["2026-11-14T23:46:40.999Z", "2026-03-08T06:59:59.000Z", "2026-07-01T00:00:00.001Z"])
      expect(instantOf(localOf(new Date(at)))).toBe(`${at.slice(0, 16)}:00.000Z`)
  })
})

test("the control shows the wall clock of the viewer's zone", () => {
  process.env.TZ = "Asia/Kathmandu"
  expect(localOf(new Date("2026-11-14T23:46:40.000Z"))).toBe("2026-11-15T05:31")
  expect(instantOf("2026-11-15T05:31")).toBe("2026-11-14T23:46:00.000Z")
})

test("nothing is null, and so is a year that no instant has", () => {
  expect(instantOf("")).toBeNull()
  expect(instantOf("999999-01-01T00:00")).toBeNull()
})
