import { expect, test } from "vitest"

import { ProblemError } from "../../api/problem.ts"
import { filterMessages, messageAt, pointerTo } from "./field-messages.ts"

const error = new ProblemError(400, {
  code: "validation_failed",
  title: "The request is not valid",
  detail: "…",
  requestId: "req_1",
  errors: [
    { in: "body", pointer: "/headers", message: "must be at most 20 headers" },
    { in: "body", pointer: "/headers/a~1b", message: "a header's name is made of letters" },
    { in: "body", pointer: "/filter", message: "matches nothing" },
    { in: "body", pointer: "/filter/data/text/0", message: "is no alternative" },
    { in: "body", pointer: "/filters", message: "is not a field here" },
  ],
})

test("a row hears what is said of its own name, the group what is said of all", () => {
  expect(messageAt(error, "/headers")).toBe("must be at most 20 headers")
  expect(messageAt(error, pointerTo("headers", "a/b"))).toBe("a header's name is made of letters")
  expect(messageAt(error, pointerTo("headers", "a"))).toBeNull()
  expect(messageAt(new Error("another"), "/headers")).toBeNull()
})

test("each mistake of a filter comes with its place", () => {
  expect(filterMessages(error)).toEqual(["matches nothing", "/data/text/0: is no alternative"])
})
