import { readFileSync } from "node:fs"
import { expect, it } from "vitest"

import { blocksUnder } from "../../../../scripts/doc-blocks.ts"
import type { EventData } from "../event.ts"
import { unknownFields } from "./filter-fields.ts"
import { matches } from "./filter-match.ts"
import { parseFilter } from "./filter.ts"

type Data = EventData<"message.received">

const doc = readFileSync(new URL("../../../../docs/filters.md", import.meta.url), "utf8")

const [table = ""] = doc.split("\n## Examples\n")
const documented = blocksUnder("docs/filters.md", "Examples").map(({ headings, text }) => ({
  title: headings.at(-1) ?? "",
  filter: JSON.parse(text) as unknown,
}))

const person = (id: string, headline: string | null = null) => ({
  ...{ id, name: "A Name", headline, profileUrl: null, pictureUrl: null, urn: null },
})

const eventOf = (change: (data: Data) => void) => {
  const data: Data = {
    account: { id: "60d21b4667d0d8992e610c85", name: "Jane Smith", profileUrn: null },
    conversation: { id: "2-MTExMTEx==", urn: "urn:c", url: null, title: null, isGroup: true, participants: [] },
    message: {
      ...{ id: "2-m", urn: "urn:m", text: "Your invoice", subject: null, sentAt: "2026-11-14T23:46:40.000Z" },
      ...{
        direction: "inbound",
        sender: person("ACoAACY", "Recruiter"),
        attachments: [],
        reactions: [],
        truncated: false,
      },
    },
    ...{ sequence: 1, seenAt: "2026-11-14T23:47:21.200Z", backfill: false },
  }
  change(data)
  return { id: "evt_1", type: "message.received", timestamp: data.message.sentAt, data }
}

/** By title: events that the example lets through as they stand, and changes each of which it stops. */
const cases: Record<string, { lets: ((data: Data) => void)[]; stops: ((data: Data) => void)[] }> = {
  "Only what people write to one account": {
    lets: [() => {}],
    stops: [(data) => (data.account.id = "another"), (data) => (data.message.direction = "outbound")],
  },
  "Texts with a word, however it is written": {
    lets: [(data) => (data.message.text = "INVOICE 7"), (data) => (data.message.text = "a\nInvoice\nb")],
    stops: [(data) => (data.message.text = "in voice"), (data) => (data.message.text = "")],
  },
  "Groups only": { lets: [() => {}], stops: [(data) => (data.conversation.isGroup = false)] },
  "Not from these people": {
    lets: [() => {}, (data) => (data.message.sender = null)],
    stops: [
      (data) => (data.message.sender = person("ACoAAALICE")),
      (data) => (data.message.sender = person("ACoAABOB")),
    ],
  },
  "One conversation": { lets: [() => {}], stops: [(data) => (data.conversation.id = "2-other==")] },
  "Someone with a title, or anything with an image": {
    lets: [
      (data) => (data.message.sender = person("a", "Senior Recruiter at B")),
      (data) => {
        data.message.sender = null
        data.message.attachments = ["file", "image"].map((type) => ({ type, url: null, name: null }))
      },
    ],
    stops: [(data) => (data.message.sender = person("a", "Painter"))],
  },
  "Nothing from a backfill": { lets: [() => {}], stops: [(data) => (data.backfill = true)] },
}

it("every example of the doc is tried here", () => {
  expect(documented.map(({ title }) => title)).toEqual(Object.keys(cases))
})

it.each(documented)("docs/filters.md: $title", ({ title, filter }) => {
  const parsed = parseFilter(filter)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  expect(unknownFields(parsed.filter, ["message.received"])).toEqual([])
  for (const change of cases[title]?.lets ?? []) expect(matches(parsed.filter, eventOf(change))).toBe(true)
  for (const change of cases[title]?.stops ?? []) expect(matches(parsed.filter, eventOf(change))).toBe(false)
})

it("every entry of the doc's table can be read", () => {
  const entries = [...table.matchAll(/^\| (`.*?`) +\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, entry = ""]) => entry),
  )
  expect(entries.length).toBeGreaterThan(9)
  for (const entry of entries) expect(parseFilter({ a: [JSON.parse(entry)] }), entry).toMatchObject({ ok: true })
})
