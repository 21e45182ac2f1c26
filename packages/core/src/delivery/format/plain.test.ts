import { describe, expect, test } from "vitest"

import { fit, line, pieces, plain, visible } from "./plain.ts"
import { httpsUrl, linkedInUrl } from "./url.ts"

const asEntity = (sign: string) => (sign === "&" ? "&amp;" : sign)

describe("plain", () => {
  test.each([
    ["a\r\nb\rc\u2028d", "a\nb\nc\nd"],
    ["a\n\n\n\nb", "a\n\nb"],
    ["\u202egnp.exe\u2066", "gnp.exe"],
    ["a\0b\x1b[31mc\x7f", "ab[31mc"],
    ["half \ud83d pair", "half \ufffd pair"],
    ["@\u202eeveryone @Here", "@\u200beveryone @\u200bHere"],
    ["jane@example.com", "jane@example.com"],
    ["שלום 👋🏽 grüezi", "שלום 👋🏽 grüezi"],
  ])("%j is %j", (text, expected) => {
    expect(plain(text)).toBe(expected)
    expect(plain(expected)).toBe(expected)
  })

  test("a line has no breaks, and what is blank or half a sign is told", () => {
    expect(line(" a\n\tb  c ", 10)).toBe("a b c")
    expect(line("👋👋👋", 5)).toBe("👋👋…")
    expect([visible(" \u200b\n"), visible(plain("\ud83d")), visible("👋")]).toEqual([null, "\ufffd", "👋"])
  })
})

describe("what is too long", () => {
  test("is cut between signs, never in a pair or an escape, with room for the ellipsis", () => {
    expect(fit("abcdef", 6, asEntity)).toBe("abcdef")
    expect(fit("abcdefg", 6, asEntity)).toBe("abcde…")
    expect(fit("a👋👋👋", 6, asEntity)).toBe("a👋👋…")
    expect(fit("a&&", 10, asEntity)).toBe("a&amp;…")
    expect(fit("a&&", 11, asEntity)).toBe("a&amp;&amp;")
  })

  test("goes on in the next piece, the last of which is cut", () => {
    expect(pieces("abcdefgh", { max: 4, count: 2 }, asEntity)).toEqual(["abcd", "efgh"])
    expect(pieces("abcdefghi", { max: 4, count: 2 }, asEntity)).toEqual(["abcd", "efg…"])
    expect(pieces("abc👋d", { max: 4, count: 2 }, asEntity)).toEqual(["abc", "👋d"])
    expect(pieces("", { max: 4, count: 2 }, asEntity)).toEqual([])
  })
})

describe("a link under words of ours", () => {
  test.each([
    "javascript:alert(1)",
    "http://www.linkedin.com/messaging",
    "https://linkedin.com.evil.example/",
    "https://evillinkedin.com/",
    "https://www.linkedin.com@evil.example/",
    "https://me:pw@www.linkedin.com/",
    "https://www.linkedin.com:8443/",
    `https://www.linkedin.com/${"x".repeat(2_000)}`,
    "//www.linkedin.com/",
    "",
    null,
  ])("is not %s", (url) => expect(linkedInUrl(url)).toBeNull())

  test("leads to LinkedIn, with nothing in it that a platform reads", () => {
    expect(linkedInUrl("https://www.linkedin.com/messaging/thread/2-MTEx==/")).toBe(
      "https://www.linkedin.com/messaging/thread/2-MTEx==/",
    )
    expect(linkedInUrl("https://linkedin.com/a|<!channel>@here?`b`#c|d")).toBe(
      "https://linkedin.com/a%7C%3C!channel%3E%40here?%60b%60#c%7Cd",
    )
  })

  test("other URLs of upstream's pass as they are, if https", () => {
    const urls = ["https://media.licdn.com/dms/1?e=2&v=beta", "http://x.example/", "data:text/html,x", "att://1", "x"]
    expect(urls.map(httpsUrl)).toEqual([urls[0], null, null, null, null])
  })
})
