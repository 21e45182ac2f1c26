import { describe, expect, it } from "vitest"

import { baseUrlOf } from "./base-url.ts"

const strict = (url: string): string => baseUrlOf(url, { allowHttp: false })

describe("a deployment's address", () => {
  it.each([
    ["https://posthorn.example.com", "https://posthorn.example.com"],
    ["https://posthorn.example.com/", "https://posthorn.example.com"],
    ["https://example.com/posthorn//", "https://example.com/posthorn"],
    ["http://127.0.0.1:4600", "http://127.0.0.1:4600"],
    ["http://localhost:4600/", "http://localhost:4600"],
    ["http://[::1]:4600", "http://[::1]:4600"],
    ["http://posthorn.localhost:4600", "http://posthorn.localhost:4600"],
    ["http://a.b.localhost", "http://a.b.localhost"],
    ["http://127.1.2.3", "http://127.1.2.3"],
  ])("%s is taken as %s", (url, base) => {
    expect(strict(url)).toBe(base)
  })

  it.each([
    ["posthorn.example.com", /like https:/],
    ["ftp://posthorn.example.com", /must begin with https/],
    ["https://me:secret@posthorn.example.com", /no user name/],
    ["https://posthorn.example.com?key=secret", /no query/],
    ["https://posthorn.example.com/v1/", /without \/v1/],
  ])("%s is refused, without repeating what may be a secret", (url, message) => {
    expect(() => strict(url)).toThrow(message)
    expect(() => strict(url)).not.toThrow(/secret/)
  })

  it.each([
    "http://posthorn.internal:4600",
    "http://10.0.0.5",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://notlocalhost",
    "http://[::2]",
  ])("%s would show the key to the network: only where that is allowed", (url) => {
    expect(() => strict(url)).toThrow(/unencrypted/)
    expect(baseUrlOf(url, { allowHttp: true })).toBe(url)
  })
})
