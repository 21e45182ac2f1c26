import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"

/** Each of the 37 traps of a polling differ (upstream docs, section 7) has a test named `trap N: …`, or a reason here why none can be. */

const TRAPS = 37

const withoutConsequence: Record<number, string> = {
  17: "Which folders the list covers is unknown: code can neither ask nor notice. The docs say so.",
  32: "That links to media expire happens after delivery. The events' field descriptions say so.",
}

const ROOT = join(import.meta.dirname, "../../../..")

const tested = new Set(
  globSync(["packages/*/src/**/*.test.ts", "test/**/*.test.ts"], { cwd: ROOT })
    .filter((file) => !file.endsWith("traps.test.ts"))
    .flatMap((file) => [...readFileSync(join(ROOT, file), "utf8").matchAll(/(?<!skip|todo)\(\s*["'`]trap (\d+): /g)])
    .map(([, number]) => Number(number)),
)
const numbers = Array.from({ length: TRAPS }, (_, index) => index + 1)

test("every trap has a test of its own, or a reason to have none", () => {
  expect(numbers.filter((number) => !tested.has(number) && !(number in withoutConsequence))).toEqual([])
})

test("no trap has both", () => {
  expect(numbers.filter((number) => tested.has(number) && number in withoutConsequence)).toEqual([])
})

test("no test names a trap that does not exist", () => {
  expect([...tested].filter((number) => !numbers.includes(number))).toEqual([])
})
