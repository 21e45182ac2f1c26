import fc from "fast-check"
import { describe, expect, test } from "vitest"

import type { EndpointFormat } from "../../endpoint.ts"
import type { Event, Participant } from "../../event.ts"
import { render } from "./format.ts"
import { plain } from "./plain.ts"
import { receivedWith, testEvents } from "./test-events.ts"

/** What anyone on LinkedIn may write, in every place that shows it. None of it may do anything in the chat it ends up in. */

const ZWSP = "\u200b"
const attacks = [
  "@everyone",
  "@here",
  "@channel",
  "<!channel>",
  "<!here|here>",
  "<!subteam^S1>",
  "<@U012AB3CD>",
  "<@123456789012345678>",
  "<@!123>",
  "<@&123>",
  "<#C012AB3CD>",
  "<https://evil.example|your bank>",
  "[your bank](https://evil.example)",
  "![x](https://evil.example/x.png)",
  "https://evil.example/a_b_c?x=1&y=2",
  "discord.gg/abc",
  "https://discord.gg/abc",
  "<mailto:a@evil.example|Bob>",
  "<:emoji:123>",
  "<t:1618953630:R>",
  "<id:customize>",
  "</airhorn:816437322781949972>",
  ":wave:",
  "*bold*",
  "**bold**",
  "__under__",
  "~~gone~~",
  "||spoiler||",
  "`code`",
  "```\ncode\n```",
  "\n# heading",
  "\n-# small",
  "\n> quote",
  "\n>>> quote",
  "\n- item",
  "\n* item",
  "\n1. item",
  "\n  12. item",
  "\\",
  "\\\\",
  "¯\\_(ツ)_/¯",
  "&lt;!channel&gt;",
  "&",
  "\u202e",
  "\u2066",
  "@\u202ehere",
  "@\0everyone",
  "<\u0007!channel>",
  "\r\n",
  "\u2028- item",
  "\ud83d",
  "\ude00",
  "👍🏽",
  "\0",
  "\u200b",
  "\n\n\n\n\n\n\n\n",
  "x".repeat(3_000),
  "&".repeat(1_000),
  "👋".repeat(5_000),
]

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...attacks), fc.string({ unit: "binary" }), fc.string()), { maxLength: 12 })
  .map((parts) => parts.join(""))

const url = fc.oneof(
  fc.constantFrom(
    "javascript:alert(1)",
    "data:text/html,<script>",
    "http://www.linkedin.com/x",
    "https://linkedin.com.evil.example/",
    "https://evil.example/#linkedin.com",
    "https://www.linkedin.com@evil.example/",
    "https://user:pass@www.linkedin.com/",
    "https://www.linkedin.com/x|<!channel>|y",
    "https://www.linkedin.com/?a=1&b=<@U1>#`x`|y",
    `https://www.linkedin.com/${"x".repeat(9_000)}`,
    `https://www.linkedin.com/?${"&".repeat(1_900)}`,
  ),
  hostile,
  hostile.map((text) => `https://www.linkedin.com/${text}`),
)

const participant: fc.Arbitrary<Participant> = fc.record({
  id: hostile,
  name: fc.option(hostile),
  headline: fc.option(hostile),
  profileUrl: url,
  pictureUrl: url,
  urn: hostile,
})

const message = fc
  .record({
    text: fc.oneof(
      hostile,
      hostile.map((text) => text.padEnd(100_000, `${text}@here `).slice(0, 100_000)),
    ),
    subject: fc.option(hostile),
    sender: fc.option(participant),
    accountName: fc.option(hostile),
    title: fc.option(hostile),
    participants: fc.array(participant, { maxLength: 6 }),
    url,
    attachments: fc.array(fc.record({ type: hostile, url: fc.option(url), name: fc.option(hostile) }), {
      maxLength: 12,
    }),
    reactions: fc.array(fc.record({ emoji: hostile, count: fc.nat() }), { maxLength: 12 }),
    type: fc.constantFrom("message.received", "message.sent", "message.unattributed"),
  })
  .map(({ accountName, title, participants, url, type, ...rest }): Event => {
    const { account, conversation } = receivedWith({}).data
    const event = receivedWith(rest, {
      account: { ...account, name: accountName },
      conversation: { ...conversation, title, participants, url },
    })
    return { ...event, type }
  })

/** Other types, which have less of others' text, and events of one's own with any. */
const others = fc.record({ text: hostile, name: hostile }).map(({ text, name }): Event => {
  const status = testEvents["account.status_changed"] as Event<"account.status_changed">
  const data = { ...status.data, account: { ...status.data.account, name }, status: text, reason: text }
  return { ...status, data }
})
const own = fc.record({ text: hostile, data: fc.jsonValue() }).map(({ text, data }) => {
  const type = `custom.${text}`
  return { ...testEvents["ping"]!, type, data: { text, data } } as unknown as Event
})
const anyEvent = fc.oneof({ weight: 4, arbitrary: message }, others, own)

const bodyOf = (format: EndpointFormat, event: Event): unknown =>
  JSON.parse(render(format, event, { secrets: [], at: 0 }).body)

/** Every string of a body, with the path to it. */
const stringsOf = (value: unknown, path = ""): [string, string][] =>
  typeof value === "string"
    ? [[path, value]]
    : value !== null && typeof value === "object"
      ? Object.entries(value).flatMap(([name, each]) => stringsOf(each, `${path}/${name}`))
      : []

const isClean = (path: string, text: string) => {
  expect(text.isWellFormed(), path).toBe(true)
  // eslint-disable-next-line no-control-regex
  expect(text, path).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
  expect(text, path).not.toMatch(/@(?:everyone|here|channel)/i)
}

const link = /^https:\/\/(?:[a-z0-9-]+\.)*linkedin\.com\/[^<>|\s`\\]*$/

describe("slack", () => {
  interface Text {
    type: string
    text: string
    emoji?: boolean
    verbatim?: boolean
  }
  interface Slack {
    text: string
    mrkdwn: boolean
    link_names: boolean
    unfurl_links: boolean
    blocks: { type: string; text?: Text; elements?: Text[] }[]
  }
  const slack = (event: Event) => bodyOf("slack", event) as Slack

  /** Only the three entities, and no bare control character: nothing that Slack reads as its own syntax. */
  const isEscaped = (text: string) => {
    expect(text).not.toMatch(/[<>]/)
    expect(text.replace(/&(?:amp|lt|gt);/g, "")).not.toContain("&")
  }

  test("nothing of upstream's is active, and all limits hold", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const body = slack(event)
        for (const [path, text] of stringsOf(body)) isClean(path, text)
        expect(body).toMatchObject({ mrkdwn: false, link_names: false, unfurl_links: false, unfurl_media: false })
        expect(body.text).toMatch(/^Posthorn: [^\n]+$/)
        expect(body.text.length).toBeLessThanOrEqual(4_000)
        expect(body.text).not.toMatch(/[@#](?!\u200b)/)
        isEscaped(body.text)
        expect(body.blocks.length).toBeLessThanOrEqual(50)
        for (const block of body.blocks) {
          const texts = [...(block.text === undefined ? [] : [block.text]), ...(block.elements ?? [])]
          expect(texts.length).toBeGreaterThan(0)
          expect(texts.length).toBeLessThanOrEqual(10)
          for (const { type, text, emoji, verbatim } of texts) {
            expect(text.trim()).not.toBe("")
            expect(text.length).toBeLessThanOrEqual(block.type === "header" ? 150 : 3_000)
            if (type === "plain_text") {
              expect(emoji).toBe(false)
              isEscaped(text)
              continue
            }
            const [, href] = /^<(.*)\|Open on LinkedIn>$/.exec(text) ?? []
            expect(href).toMatch(link)
            expect(verbatim).toBe(true)
          }
        }
      }),
      { numRuns: 300, endOnFailure: true },
    )
  })

  test("what is short is shown whole, what is long is cut with an ellipsis", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = slack(receivedWith({ text }))
          .blocks.filter(({ type }) => type === "section")
          .map((block) => block.text!.text)
          .join("")
        const decoded = shown.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
        const whole = plain(text)
        if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(whole)) expect(shown).toBe("")
        else if (decoded !== whole) {
          expect(decoded.endsWith("…")).toBe(true)
          expect(whole.startsWith(decoded.slice(0, -1))).toBe(true)
          expect(shown.length).toBeGreaterThan(8_900)
        }
      }),
    )
  })
})

describe("discord", () => {
  interface Discord {
    content: string
    allowed_mentions: unknown
    embeds: {
      title?: string
      url?: string
      description?: string
      fields?: { name: string; value: string }[]
      footer: { text: string }
    }[]
  }
  const discord = (event: Event) => bodyOf("discord", event) as Discord

  const escapes = /\\([^0-9A-Za-z\s])/g
  /** What Discord's markdown would see once every escaped sign stands for itself: nothing that starts anything. */
  const isInert = (text: string) => {
    const rest = text.replace(escapes, "·")
    expect(rest).not.toMatch(/[\\`*_~|<>#[\]@:/]/)
    expect(rest).not.toMatch(/^\s*(?:-|\d+\.)/m)
  }

  test("nothing of upstream's is active, and all limits hold", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const body = discord(event)
        for (const [path, text] of stringsOf(body)) isClean(path, text)
        expect(body.allowed_mentions).toEqual({ parse: [] })
        expect(body.content.trim()).not.toBe("")
        expect(body.content).not.toContain("\n")
        expect(body.content.length).toBeLessThanOrEqual(2_000)
        isInert(body.content)
        expect(body.embeds).toHaveLength(1)
        const { title = "", url, description = "", fields = [], footer } = body.embeds[0]!
        isInert(description)
        expect(description.length).toBeLessThanOrEqual(4_096)
        expect(fields.length).toBeLessThanOrEqual(25)
        for (const { name, value } of fields) {
          isInert(value)
          expect(name).toMatch(/^[A-Z][a-z]+$/)
          expect(value.trim()).not.toBe("")
          expect(value.length).toBeLessThanOrEqual(1_024)
        }
        expect(footer.text.length).toBeLessThanOrEqual(2_048)
        const all = [title, description, footer.text, ...fields.flatMap(({ name, value }) => [name, value])]
        expect(all.join("").length).toBeLessThanOrEqual(6_000)
        expect([title, url === undefined || link.test(url)]).toEqual([
          url === undefined ? "" : "Open on LinkedIn",
          true,
        ])
      }),
      { numRuns: 300, endOnFailure: true },
    )
  })

  test("a message that fills every part stays within an embed's 6,000 characters", () => {
    const stars = "*".repeat(5_000)
    const { sender } = receivedWith({}).data.message
    const conversation = { ...receivedWith({}).data.conversation, title: stars }
    const event = receivedWith(
      {
        text: stars,
        subject: stars,
        sender: { ...sender!, headline: stars },
        attachments: [{ type: stars, url: null, name: null }],
        reactions: [{ emoji: stars, count: 1 }],
      },
      { conversation },
    )
    const { title = "", description = "", fields = [], footer } = discord(event).embeds[0]!
    const all = [title, description, footer.text, ...fields.flatMap(({ name, value }) => [name, value])].join("")
    expect(all.length).toBeLessThanOrEqual(6_000)
    expect(all.length).toBeGreaterThan(5_900)
  })

  test("what is short is shown as it was written, what is long is cut with an ellipsis", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { description = "" } = discord(receivedWith({ text })).embeds[0]!
        const shown = description.replace(escapes, "$1").replaceAll(ZWSP, "")
        const whole = plain(text).replaceAll(ZWSP, "")
        if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(whole)) expect(description).toBe("")
        else if (shown !== whole) {
          expect(shown.endsWith("…")).toBe(true)
          expect(whole.startsWith(shown.slice(0, -1))).toBe(true)
          expect(description.length).toBeGreaterThan(4_096 - 4)
        }
      }),
    )
  })
})

describe.each(["standard", "unipile", "connectsafely"] as const)("%s", (format) => {
  test("any text is JSON in well-formed UTF-8 that reads back as it was", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { body } = render(format, receivedWith({ text }), { secrets: [], at: 0 })
        expect(body.isWellFormed()).toBe(true)
        expect(stringsOf(JSON.parse(body)).map(([, each]) => each)).toContain(text)
      }),
    )
  })
})
