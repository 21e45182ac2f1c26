import { describe, expect, it } from "vitest"

import { jsonText, withoutDirections } from "./json-text.ts"

describe("JSON for a person", () => {
  it.each(["\u202Egnp.exe", "\u2066left\u2069", "\u200F", "\u061C"])("cannot be turned around by its text", (text) => {
    expect(jsonText({ text })).not.toContain(text)
    expect(jsonText({ text })).toMatch(/^[\x20-\x7E\n]*$/)
  })
  it.each([{ text: "\u202E \\u202e \\\u202E 👍 שלום" }, ["\u2067"], "\u200E"])("reads as the same value", (value) =>
    expect(JSON.parse(jsonText(value))).toEqual(value),
  )
  it("leaves writing from right to left as it is", () => expect(jsonText("שלום 👍")).toBe('"שלום 👍"'))
})

describe("a name inside a text of ours", () => {
  it("cannot turn the text around", () => expect(withoutDirections("\u2069\u202Eevil\u202C")).toBe("evil"))
  it("keeps its own direction and its emoji", () => expect(withoutDirections("שלום 👩‍👧")).toBe("שלום 👩‍👧"))
})
