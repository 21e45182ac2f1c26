import { readFileSync } from "node:fs"
import path from "node:path"

import { describe, expect, it } from "vitest"

import app from "../src/index.ts"
import { sampleEvents } from "../src/samples.ts"
import { triggerTypes } from "../src/event.ts"
import { hookTriggers } from "../src/triggers.ts"
import { operationOf, type Row } from "./zapier.ts"

/** What `zapier-platform validate --without-style` lets pass without a word, and Zapier's server or users do not. */

interface Field {
  key: string
  label?: string
  children?: Field[]
}
interface Step {
  key: string
  noun: string
  display: { label?: string; description?: string; hidden?: boolean }
  operation: { type?: string; sample?: Row; outputFields?: Field[]; inputFields?: Field[] }
}

const triggers = Object.values(app.triggers) as unknown as Step[]
const searches = Object.values(app.searches) as unknown as Step[]
const creates = Object.values(app.creates) as unknown as Step[]
const steps: [string, Step][] = [...triggers, ...searches, ...creates].map((step) => [step.key, step])
const keysOf = (value: object | undefined): string[] => Object.keys(value ?? {}).toSorted()

it("has the four triggers, the search, the action, and one hidden trigger for dropdowns", () => {
  expect(Object.keys(hookTriggers)).toEqual(["new_message", "message_sent", "new_conversation", "account_status"])
  expect(triggers.filter(({ display }) => display.hidden === true).map(({ key }) => key)).toEqual(["account_list"])
  expect([searches, creates].map((some) => some.map(({ key }) => key))).toEqual([
    ["find_event"],
    ["send_typing_indicator"],
  ])
})

describe.each(steps)("%s", (key, { noun, display, operation }) => {
  it("has a noun, a label in title case, and a description that is a sentence", () => {
    expect(noun).toMatch(/^[A-Z]/)
    expect(display.label).toMatch(/^([A-Z]\w*)( [A-Z]\w*)*$/)
    expect(display.description).toMatch(/^[A-Z].{10,140}\.$/)
  })

  it("has a sample with an id, and a labelled output field for each of its keys and for no other", () => {
    const { sample, outputFields = [] } = operation
    expect(sample?.["id"]).toEqual(expect.any(String))
    expect(outputFields.map((field) => field.key).toSorted()).toEqual(keysOf(sample))
    for (const field of outputFields.flatMap((some) => [some, ...(some.children ?? [])]))
      expect(field.label).toMatch(/^[A-Z]/)
    for (const { key: name, children } of outputFields)
      for (const line of children === undefined ? [] : (sample?.[name] as Row[]))
        expect(children?.map((field) => field.key).toSorted(), name).toEqual(keysOf(line))
  })

  it("labels every input field", () => {
    for (const field of operation.inputFields ?? []) expect(field.label, `${key}.${field.key}`).toMatch(/^[A-Z]/)
  })
})

it("every trigger's description says when", () => {
  for (const { display } of triggers) expect(display.description).toMatch(/^Triggers when /)
})

it.each(Object.keys(hookTriggers))("%s is a hook with all four functions", (key) => {
  const operation = operationOf(key)
  expect((operation as unknown as { type: string }).type).toBe("hook")
  const functions = ["perform", "performList", "performSubscribe", "performUnsubscribe"] as const
  for (const name of functions) expect(operation[name], name).toBeTypeOf("function")
})

it.each(triggerTypes)("the sample of %s is part of the example in the type's JSON Schema", (type) => {
  const file = path.resolve(import.meta.dirname, `../../api/static/schemas/${type}.json`)
  const { examples } = JSON.parse(readFileSync(file, "utf8")) as { examples: [object] }
  expect(examples[0]).toMatchObject(sampleEvents[type])
})

it("the key is typed as a password, and nothing secret is declared harmless", () => {
  const fields = app.authentication?.fields ?? []
  expect(fields.map(({ key, type, required }) => [key, type, required])).toEqual([
    ["base_url", "string", true],
    ["api_key", "password", true],
  ])
  expect(fields.filter(({ isNoSecret }) => isNoSecret === true)).toEqual([])
})
