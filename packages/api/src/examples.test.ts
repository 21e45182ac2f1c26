import { Validator } from "@seriousme/openapi-schema-validator"
import { Ajv2020 } from "ajv/dist/2020.js"
import formats from "ajv-formats"
import { Webhook } from "standardwebhooks"
import { afterEach, describe, expect, it, vi } from "vitest"
import type * as z from "zod"

import { EXAMPLE_SECRET, SEEN_AT } from "./event-examples.ts"
import { testApi } from "./fixture.ts"

interface MediaType {
  schema: object
  examples?: Record<string, { $ref: string }>
}
interface Body {
  content?: Record<string, MediaType>
}
interface Operation {
  parameters?: { name: string; in: string; schema: { examples?: string[] } }[]
  requestBody?: Body
  responses: Record<string, Body>
}
type Items = Record<string, Record<string, Operation>>
interface Document {
  paths: Items
  webhooks: Items
  components: {
    schemas: Record<string, { enum?: string[]; properties?: Record<string, { enum?: string[] }> }>
    examples: Record<string, { value: unknown }>
    responses: Record<string, Body>
  }
}

const api = testApi()
type Json = Record<string, unknown>
const document = (await (await api.app.request("/openapi.json")).json()) as Document

/** The document as JSON Schema sees it: one schema with many places in it. */
const ajv = new Ajv2020({ allErrors: true, strictRequired: false, allowUnionTypes: true })
formats.default(ajv)
for (const keyword of Object.keys(document)) ajv.addKeyword(keyword)
ajv.addSchema(document, "document")
const problemsOf = (pointer: string[], value: unknown): string => {
  const path = pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")
  const validate = ajv.getSchema(`document#/${path}`)
  if (validate === undefined) throw new Error(`there is no schema at ${path}`)
  return validate(value) === true ? "" : ajv.errorsText(validate.errors)
}

/** Every media type of the document, with its place. */
const mediaTypes = (): [pointer: string[], media: MediaType][] => {
  const bodies: [string[], Body][] = (["paths", "webhooks"] as const).flatMap((section) =>
    Object.entries(document[section]).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { requestBody = {}, responses }]): [string[], Body][] => [
        [[section, path, method, "requestBody"], requestBody],
        ...Object.entries(responses).map(([status, body]): [string[], Body] => [
          [section, path, method, "responses", status],
          body,
        ]),
      ]),
    ),
  )
  const shared = Object.entries(document.components.responses).map(([name, body]): [string[], Body] => [
    ["components", "responses", name],
    body,
  ])
  return [...bodies, ...shared].flatMap(([pointer, { content = {} }]) =>
    Object.entries(content).map(([type, media]): [string[], MediaType] => [[...pointer, "content", type], media]),
  )
}

const exampleOf = ($ref: string): unknown => document.components.examples[$ref.split("/").at(-1)!]!.value

describe("the OpenAPI document", () => {
  it("is valid for an independent validator of OpenAPI 3.1, which refuses one with a mistake", async () => {
    expect(await new Validator().validate(structuredClone(document) as unknown as Json)).toEqual({ valid: true })
    const { paths, ...wrong } = structuredClone(document)
    const mistaken = { ...wrong, paths: { ...paths, "/v1/me": { get: { responses: { 200: { content: {} } } } } } }
    expect(await new Validator().validate(mistaken)).toMatchObject({ valid: false })
  })

  it("has an example for each body and each answer", () => {
    const without = mediaTypes().filter(([, { examples = {} }]) => Object.keys(examples).length === 0)
    expect(without.map(([pointer]) => pointer.join(" "))).toEqual([])
    expect(mediaTypes().length).toBeGreaterThan(50)
  })

  it("each example is valid by the schema beside it, and none is left over", () => {
    const used = new Set<string>()
    for (const [pointer, { examples = {} }] of mediaTypes())
      for (const { $ref } of Object.values(examples)) {
        used.add($ref.split("/").at(-1)!)
        expect(problemsOf([...pointer, "schema"], exampleOf($ref)), `${pointer.join(" ")} ${$ref}`).toBe("")
      }
    expect([...used].toSorted()).toEqual(Object.keys(document.components.examples).toSorted())
  })

  it("the validator notices what is missing, mistyped or unknown", () => {
    const schema = ["components", "schemas", "Endpoint"]
    const { url, ...withoutUrl } = document.components.examples["Endpoint"]!.value as { url: string }
    expect(problemsOf(schema, { url, ...withoutUrl })).toBe("")
    expect(problemsOf(schema, withoutUrl)).toContain("url")
    expect(problemsOf(schema, { ...withoutUrl, url: 1 })).toContain("must be string")
    expect(problemsOf(["components", "schemas", "EndpointCreate"], { url, urls: 1 })).toContain("additional")
  })

  it("each example of a body is one that the API itself takes", () => {
    let bodies = 0
    for (const definition of api.app.openAPIRegistry.definitions) {
      if (definition.type !== "route") continue
      const content = definition.route.request?.body?.content["application/json"] as { schema: z.ZodType } | undefined
      if (content === undefined) continue
      const { path, method } = definition.route
      const { examples = {} } = document.paths[path]![method]!.requestBody!.content!["application/json"]!
      for (const { $ref } of Object.values(examples)) {
        const { error } = content.schema.safeParse(exampleOf($ref))
        expect(error?.issues, `${method} ${path}`).toBeUndefined()
        bodies++
      }
    }
    expect(bodies).toBeGreaterThan(8)
  })

  it("shows a problem of each code", () => {
    const { examples = {} } = document.components.responses["Problem"]!.content!["application/problem+json"]!
    expect(Object.keys(examples)).toEqual(document.components.schemas["Problem"]!.properties!["code"]!.enum)
  })
})

describe("the webhooks of the document", () => {
  afterEach(() => vi.useRealTimers())

  it("have headers whose examples are the signature of the example body", () => {
    vi.useFakeTimers({ now: Date.parse(SEEN_AT) })
    for (const [type, { post }] of Object.entries(document.webhooks)) {
      const body = JSON.stringify(document.components.examples[type]!.value)
      const headers = Object.fromEntries(post!.parameters!.map(({ name, schema }) => [name, schema.examples![0]!]))
      const webhook = new Webhook(EXAMPLE_SECRET)
      expect(webhook.verify(body, headers)).toMatchObject({ type })
      expect(() => webhook.verify(body.replace("evt_", "evt-"), headers)).toThrow("signature")
    }
  })
})

it("the page at /docs shows the examples, loads nothing from elsewhere, and is far below 1 MB", async () => {
  const response = await api.app.request("/docs")
  const page = await response.text()
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
  const shown = [...page.matchAll(/<pre>([^<]*)<\/pre>/g)].map(
    ([, text]) =>
      JSON.parse(
        text!
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&amp;", "&"),
      ) as unknown,
  )
  for (const { value } of Object.values(document.components.examples)) expect(shown).toContainEqual(value)
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//)
})
