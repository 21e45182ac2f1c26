import { expect, it } from "vitest"

import { createRecent } from "./recent.ts"

it("keeps what was used last, up to its size", () => {
  const recent = createRecent<string>(10)
  recent.set("a", "A", 4)
  recent.set("b", "B", 4)
  expect(recent.get("a")).toBe("A")
  recent.set("c", "C", 4)
  expect(["a", "b", "c"].map((key) => recent.get(key))).toEqual(["A", undefined, "C"])
  recent.set("a", "A2", 6)
  expect(["a", "c"].map((key) => recent.get(key))).toEqual(["A2", "C"])
  recent.set("huge", "H", 11)
  expect(["a", "c", "huge"].map((key) => recent.get(key))).toEqual([undefined, undefined, undefined])
  recent.set("d", "D", 10)
  expect(recent.get("d")).toBe("D")
  recent.clear()
  expect(recent.get("d")).toBeUndefined()
})
