import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"

import { endpointFormats, type EndpointFormat } from "../../endpoint.ts"
import { eventTypes } from "../../event.ts"
import { render } from "./format.ts"
import { receivedWith, testEvents } from "./test-events.ts"

const root = new URL("../../../../../", import.meta.url)
const context = { secrets: [new Uint8Array(32)], at: 0 }
const json = (path: string) => JSON.parse(readFileSync(new URL(path, root), "utf8")) as Record<string, unknown>
const bodyOf = (format: EndpointFormat, name: string) => render(format, testEvents[name]!, context).body

describe.each(endpointFormats)("%s", (format) => {
  const golden = json(`test/fixtures/formats/${format}.json`)

  test.each(Object.keys(testEvents))("%s goes out as it always has, byte by byte", (name) => {
    expect(bodyOf(format, name)).toBe(JSON.stringify(golden[name]))
  })

  test("every event type has a golden body", () => {
    expect(Object.keys(golden)).toEqual(Object.keys(testEvents))
    for (const type of eventTypes) expect(Object.keys(golden)).toContain(type)
  })

  test("docs/formats.md shows what is sent", () => {
    const docs = readFileSync(new URL("docs/formats.md", root), "utf8")
    const section = docs.split(/^## /m).find((each) => each.startsWith(`\`${format}\``)) ?? ""
    const sample = /```json\n([^]*?)```/.exec(section)?.[1] ?? "null"
    expect(JSON.parse(sample)).toEqual(golden["message.received"])
  })

  test("a body is made once for an event, and not mixed up with another format's", () => {
    const event = receivedWith({ text: "once" })
    const bodies = endpointFormats.map((each) => render(each, event, context).body)
    event.data.message.text = "twice"
    expect(endpointFormats.map((each) => render(each, event, context).body)).toEqual(bodies)
    expect(new Set(bodies).size).toBe(endpointFormats.length)
  })
})

test("standard is the envelope itself", () => {
  for (const [name, event] of Object.entries(testEvents)) expect(bodyOf("standard", name)).toBe(JSON.stringify(event))
})

test("only connectsafely adds headers", () => {
  for (const format of endpointFormats)
    expect(Object.keys(render(format, testEvents["ping"]!, context).headers)).toEqual(
      format === "connectsafely" ? ["x-webhook-signature", "x-webhook-timestamp"] : [],
    )
})
