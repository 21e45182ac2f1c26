import { Ajv2020 } from "ajv/dist/2020.js"
import formats from "ajv-formats"
import { describe, expect, it } from "vitest"

import { catalogue, eventTypes } from "@posthorn/core/event"

import { eventSchemaFiles, schemaNames } from "./event-json-schemas.ts"
import { testApi } from "./fixture.ts"

interface Schema {
  $schema: string
  $id: string
  title: string
  description: string
  examples: Record<string, unknown>[]
}

const api = testApi()
const get = async (file: string) => {
  const response = await api.app.request(`/schemas/${file}`)
  return { response, body: (await response.json()) as Schema & { code: string; detail: string; requestId: string } }
}
const validatorOf = async (name: string) => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
  formats.default(ajv)
  return ajv.compile((await get(`${name}.json`)).body)
}

describe("GET /schemas/<type>.json", () => {
  it.each(schemaNames)(
    "%s: served without a key, by an independent validator a schema that takes its example",
    async (name) => {
      const { response, body } = await get(`${name}.json`)
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"])
      const { $schema, $id, title, description } = body
      expect([$schema, $id]).toEqual(["https://json-schema.org/draft/2020-12/schema", `/schemas/${name}.json`])
      expect(title).toBe(name === "custom" ? "custom.*" : name)
      expect(description).toContain(name === "custom" ? "operator's own" : catalogue[name].summary)
      const validate = await validatorOf(name)
      expect(body.examples).toHaveLength(1)
      for (const example of body.examples) {
        expect([validate(example), validate.errors]).toEqual([true, null])
        // Open: what is added later is no reason to refuse.
        expect(validate({ ...example, later: 1, data: { ...(example["data"] as object), later: 1 } })).toBe(true)
        for (const field of ["id", "type", "timestamp", "data"]) {
          const { [field]: _left, ...others } = example
          expect(validate(others), `without ${field}`).toBe(false)
          expect(validate({ ...example, [field]: 7 }), `${field} is 7`).toBe(false)
        }
      }
    },
  )

  it("there is one for each type of the catalogue, and it takes the examples of no other", async () => {
    expect(schemaNames).toEqual([...eventTypes, "custom"])
    for (const name of schemaNames) {
      const validate = await validatorOf(name)
      for (const other of schemaNames)
        expect(validate((await get(`${other}.json`)).body.examples[0]), `${name} ${other}`).toBe(name === other)
    }
  })

  it("custom leaves data free", async () => {
    const validate = await validatorOf("custom")
    const event = { id: "evt_1", type: "custom.x", timestamp: "2026-11-14T23:47:21.200Z" }
    for (const data of [{}, { a: [1, { b: null }] }]) expect(validate({ ...event, data })).toBe(true)
    for (const data of [[], "x", null]) expect(validate({ ...event, data })).toBe(false)
  })

  it("the files are what the catalogue makes of them today (else run scripts/docs.ts)", async () => {
    for (const [file, schema] of eventSchemaFiles())
      expect((await get(file.replace("schemas/", ""))).body).toEqual(JSON.parse(JSON.stringify(schema)))
  })

  it.each([
    ["message.recieved.json", "Did you mean /schemas/message.received.json?"],
    ["message.received", "Did you mean /schemas/message.received.json?"],
    ["custom.deal_won.json", "Did you mean /schemas/custom.json?"],
    ["nothing-like-it.json", "There are message.received.json, "],
    ["..%2Fdocs%2Findex.html", "There is no schema with this name."],
    ["__proto__.json", "There is no schema with this name."],
  ])("%s is a 404 that says what there is", async (file, hint) => {
    const { response, body } = await get(file)
    expect([response.status, response.headers.get("content-type")]).toEqual([404, "application/problem+json"])
    expect(body.code).toBe("not_found")
    expect(body.detail).toContain(hint)
    expect(response.headers.get("request-id")).toBe(body.requestId)
  })

  it("is asked for again only when it has changed", async () => {
    const { response } = await get("ping.json")
    const headers = { "if-none-match": response.headers.get("etag")! }
    expect((await api.app.request("/schemas/ping.json", { headers })).status).toBe(304)
  })
})
