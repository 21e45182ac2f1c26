import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Confidential, redact, REDACTED } from "./redact.ts"

const secret = Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + 251) % 256)
const base64 = Buffer.from(secret).toString("base64")
const signature = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1,m+Y3Kk/8TjU2b0w8bT2f0Q1hH6u5mJ0b1v9N4wq3XyE="
const token = "sk/live+7f9a=\"Zq&<9'~ x"
const confidential: Confidential = {
  signature,
  secrets: [secret],
  headers: { "x-token": token, authorization: "Bearer abcdef123456" },
}

const hidden = [...signature.split(" ").map((each) => each.slice(3)), base64, `whsec_${base64}`, token, "abcdef123456"]

/** No eight characters of a value in a row are left, whatever the writing. */
const leaks = (text: string, value: string): boolean => {
  for (let at = 0; at + 8 <= value.length; at++) if (text.includes(value.slice(at, at + 8))) return true
  return false
}

const php = (text: string) => JSON.stringify(text).replaceAll("/", "\\/")
const escaped = (text: string, how: (code: number) => string) =>
  text.replace(/[^a-z0-9]/gi, (sign) => how(sign.charCodeAt(0)))
const hex = (code: number) => code.toString(16).padStart(2, "0")

const writings: Record<string, (text: string) => string> = {
  plain: (text) => text,
  "in lower case": (text) => text.toLowerCase(),
  JSON: (text) => JSON.stringify({ text }),
  "JSON in JSON": (text) => JSON.stringify(JSON.stringify({ text })),
  "JSON as PHP writes it": php,
  "JSON with \\u escapes": (text) => escaped(text, (code) => `\\u00${hex(code)}`),
  "JSON with \\U escapes": (text) => escaped(text, (code) => `\\u00${hex(code).toUpperCase()}`),
  URL: (text) => encodeURIComponent(text),
  "URL in lower case": (text) => escaped(text, (code) => `%${hex(code)}`),
  "URL twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  form: (text) => new URLSearchParams({ text }).toString(),
  "JSON in a URL": (text) => encodeURIComponent(JSON.stringify(text)),
  "JSON in base64": (text) => Buffer.from(JSON.stringify({ text })).toString("base64"),
  HTML: (text) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  "HTML with numbers": (text) => escaped(text, (code) => `&#x${hex(code)};`),
  hex: (text) => Buffer.from(text).toString("hex"),
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "inside base64": (text) => Buffer.from(`a${text}bc`).toString("base64"),
  "inside base64, one further": (text) => Buffer.from(`ab${text}b`).toString("base64"),
  "inside base64url": (text) => Buffer.from(`{"h":"${text}"}`).toString("base64url"),
  "cut off": (text) => text.slice(0, -5),
}

describe("redact", () => {
  describe.each(Object.entries(writings))("what is written %s", (_, write) => {
    test.each(hidden)("%s", (value) => {
      const result = redact(`before ${write(value)}`, confidential)
      expect(result).toMatch(/^before .*\[redacted\]/s)
      // That there is a secret is none.
      if (!value.startsWith("whsec_")) expect(leaks(result, write(value).slice(6, -6)), result).toBe(false)
      expect(leaks(result, value)).toBe(false)
    })
  })

  test("leaves everything else as it was", () => {
    const text = '{"error":"no such hook","id":"evt_1","token":"other","scheme":"Bearer","at":"2026-11-22"}'
    expect(redact(text, confidential)).toBe(text)
    expect(redact(`a ${token} b ${token} c`, confidential)).toBe(`a ${REDACTED} b ${REDACTED} c`)
  })

  test("a whole echo of the request keeps its shape", () => {
    const echo = JSON.stringify({
      headers: { "webhook-id": "evt_1", "webhook-signature": signature, "x-token": token },
    })
    expect(redact(echo, confidential)).toBe(
      '{"headers":{"webhook-id":"evt_1","webhook-signature":"v1,[redacted]= v1,[redacted]=","x-token":"[redacted]"}}',
    )
  })

  test("finds any value anywhere, however the text ends", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 60 }),
        fc.constantFrom(...Object.values(writings).slice(2, 6), writings["URL"]!, writings["form"]!, writings["hex"]!),
        fc.nat(40),
        (value, write, cut) => {
          // Encoded already: whether once or twice more cannot be told.
          fc.pre(!/%25|&[#\w]+;|^[answer: ]+$/.test(value))
          const written = write(value)
          const text = `answer: ${written}`
          const result = redact(text.slice(0, Math.max(text.length - cut, 0)), {
            signature: "",
            secrets: [],
            headers: { "x-a": value },
          })
          expect(result.includes(value), result).toBe(false)
          if (cut === 0) expect(result).toContain(REDACTED)
        },
      ),
      { numRuns: 500 },
    )
  })

  test("every cut of a value leaves fewer than four characters of it", () => {
    for (const value of hidden)
      for (const write of [
        writings["plain"]!,
        php,
        encodeURIComponent,
        writings["URL twice"]!,
        writings["HTML with numbers"]!,
      ])
        for (let length = 1; length < write(value).length; length++) {
          const result = redact(`got ${write(value).slice(0, length)}`, confidential)
          expect(leaks4(result.slice(4), value), `${result} of ${value}`).toBe(false)
        }
  })

  test("a Basic credential is found decoded too", () => {
    const headers = { authorization: `Basic ${Buffer.from("crm:hunter2hunter2").toString("base64")}` }
    const result = redact("user crm with password hunter2hunter2, or crm:hunter2hunter2", {
      signature: "",
      secrets: [],
      headers,
    })
    expect(result).toBe(`user crm with password ${REDACTED}, or ${REDACTED}`)
  })

  test("a value beyond ASCII is found as Latin-1 too", () => {
    const headers = { "x-name": "Zoë Müller" }
    for (const text of ["Zoë Müller", "Zo\uFFFD M\uFFFDller", "Zo%C3%AB+M%C3%BCller", "Zo%EB%20M%FCller"])
      expect(redact(`I am ${text}!`, { signature: "", secrets: [], headers })).toBe(`I am ${REDACTED}!`)
  })

  test.each(["tok&amp;en%25x", String.raw`\\host\\share\"key`, "tab\there and there"])(
    "a value that looks escaped already: %j",
    (value) => {
      for (const write of ["plain", "JSON", "JSON in JSON", "JSON in a URL"].map((name) => writings[name]!)) {
        const result = redact(`got ${write(value)}.`, { signature: "", secrets: [], headers: { "x-a": value } })
        if (value.includes("&") && write !== writings["plain"] && write !== writings["JSON"]) continue
        expect(result).toContain(REDACTED)
        expect(result).not.toMatch(/host|share|key|tok|tab|here|amp/)
      }
    },
  )

  test("a short value is blanked behind its name only", () => {
    const short = { signature: "", secrets: [], headers: { "x-shard": "7", "x-on": "" } }
    expect(redact('{"X-Shard":"7","count":7}', short)).toBe(`{"X-Shard":"${REDACTED}","count":7}`)
    expect(redact("x-shard: 77", short)).toBe("x-shard: 77")
  })

  test("is quick with 64 KB of near misses", () => {
    const text = "abcdef12345 ".repeat(5_400)
    const before = performance.now()
    expect(redact(text, confidential)).toBe(text)
    expect(performance.now() - before).toBeLessThan(500)
  })
})

const leaks4 = (text: string, value: string): boolean => text.length >= 4 && value.startsWith(text.slice(0, 4))
