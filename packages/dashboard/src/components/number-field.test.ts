import { expect, it } from "vitest"

import { numberOf } from "./number-field.ts"

it.each([
  ["300", "300"],
  [" 1.5 ", "1.5"],
  ["", "null"],
  ["  ", "null"],
  ["5m", '"5m"'],
  ["1e999", '"1e999"'],
])("%j is sent as %s", (text, sent) => expect(JSON.stringify(numberOf(text))).toBe(sent))
