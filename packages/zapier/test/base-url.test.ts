import { expect, it } from "vitest"

import { normaliseBaseUrl } from "../src/base-url.ts"

it.each([
  ["https://posthorn.example.com", "https://posthorn.example.com"],
  [" https://posthorn.example.com/ ", "https://posthorn.example.com"],
  ["https://posthorn.example.com//", "https://posthorn.example.com"],
  ["HTTPS://Posthorn.Example.com:443/v1/", "https://posthorn.example.com"],
  ["https://example.com/posthorn/", "https://example.com/posthorn"],
  ["http://localhost:4600/", "http://localhost:4600"],
  ["http://posthorn.localhost:4600", "http://posthorn.localhost:4600"],
  ["http://127.0.0.1:4600", "http://127.0.0.1:4600"],
  ["http://[::1]:4600/v1", "http://[::1]:4600"],
])("%j is read as %j", (typed, url) => {
  expect(normaliseBaseUrl(typed)).toBe(url)
})

it.each([
  ["", /is empty/],
  ["   ", /is empty/],
  ["posthorn.example.com", /lacks its scheme\. Write it as https:\/\//],
  ["localhost:4600", /lacks its scheme/],
  ["//posthorn.example.com", /lacks its scheme/],
  ["http://posthorn.example.com", /must begin with https:\/\/: over http/],
  ["http://127.0.0.1.example.com", /must begin with https/],
  ["ftp://posthorn.example.com", /must begin with https:\/\/, not with ftp:\/\//],
  ["https://", /is not a URL/],
  ["https://user:phk_secret@posthorn.example.com", /must not hold a user or a password/],
  ["https://posthorn.example.com/?key=phk_secret", /must end before any \? or #/],
  ["https://posthorn.example.com/docs#endpoints", /must end before any \? or #/],
])("%j is refused, and told what would be right", (typed, message) => {
  expect(() => normaliseBaseUrl(typed)).toThrow(message)
  expect(() => normaliseBaseUrl(typed)).not.toThrow(/phk_secret/)
})
