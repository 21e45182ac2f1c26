import { describe, expect, it } from "vitest"

import { eventTypes } from "@posthorn/core/event"
import { problemStatus } from "@posthorn/core/error"
import { testApi } from "./fixture.ts"

interface Operation {
  summary: string
  tags: string[]
  security?: object[]
  parameters?: { name: string; in: string }[]
  responses: Record<string, object>
}
interface Document {
  openapi: string
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, unknown>
  components: Record<string, Record<string, unknown>>
}

const read = async () => {
  const api = testApi()
  const response = await api.app.request("/openapi.json")
  return { api, document: (await response.json()) as Document, headers: response.headers }
}

/** Every object in a tree. */
const nodesOf = (node: unknown): Record<string, unknown>[] =>
  typeof node !== "object" || node === null
    ? []
    : [node as Record<string, unknown>, ...Object.values(node).flatMap(nodesOf)]

describe("the OpenAPI document", () => {
  it("is 3.1, with this deployment's version, and needs no key", async () => {
    const { document } = await read()
    expect([document.openapi, document.info.version]).toEqual(["3.1.0", "0.1.0"])
  })

  it("has no named schema that may be null: where it may, the place that refers to it says so", async () => {
    const { document } = await read()
    const { schemas = {} } = document.components
    const nullable = Object.entries(schemas).filter(([, schema]) => {
      const { type, anyOf = [] } = schema as { type?: string | string[]; anyOf?: { type?: string }[] }
      return [type].flat().includes("null") || anyOf.some((each) => each.type === "null")
    })
    expect(nullable.map(([name]) => name)).toEqual([])
    const { properties } = schemas["Delivery"] as { properties: { lastAttempt: object } }
    expect(properties.lastAttempt).toEqual({ anyOf: [{ $ref: "#/components/schemas/Attempt" }, { type: "null" }] })
  })

  it("documents every route under /v1 and health, and nothing else", async () => {
    const { api, document } = await read()
    const routes = api.app.routes
      .filter(({ method, path }) => method !== "ALL" && /^\/(v1\/|health)/.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(documented.toSorted()).toEqual([...new Set(routes)].toSorted())
    expect(documented).toEqual(
      expect.arrayContaining(["POST /v1/endpoints", "POST /v1/accounts/{id}/poll", "GET /v1/events/{id}"]),
    )
  })

  it("every reference resolves, and every path parameter is declared", async () => {
    const { document } = await read()
    for (const { $ref } of nodesOf(document)) {
      if (typeof $ref !== "string") continue
      const found = $ref
        .split("/")
        .slice(1)
        .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document)
      expect(found, $ref).toBeTypeOf("object")
    }
    for (const [path, item] of Object.entries(document.paths))
      for (const { parameters = [] } of Object.values(item)) {
        const declared = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => `{${name}}`)
        expect(path.match(/\{\w+\}/g) ?? []).toEqual(declared)
      }
  })

  it("every operation has a summary, a tag, an answer and the problem; all under /v1 need a key", async () => {
    const { document } = await read()
    for (const [path, item] of Object.entries(document.paths))
      for (const operation of Object.values(item)) {
        expect(operation.summary.length, path).toBeGreaterThan(5)
        expect(operation.tags).toHaveLength(1)
        expect(Object.keys(operation.responses).filter((status) => /^2\d\d$/.test(status))).not.toHaveLength(0)
        expect(operation.responses["default"]).toEqual({ $ref: "#/components/responses/Problem" })
        expect(operation.security !== undefined, path).toBe(path.startsWith("/v1/") && !path.startsWith("/v1/hints/"))
      }
  })

  it("names the shapes that clients are generated from", async () => {
    const { document } = await read()
    const names = [
      "Account",
      "Attempt",
      "Delivery",
      "DeliveryWithAttempts",
      "Endpoint",
      "EndpointCreate",
      "EndpointList",
    ]
    const others = [
      "EndpointPatch",
      "EndpointWithSecret",
      "Event",
      "EventList",
      "MessageReceivedEvent",
      "Me",
      "Problem",
    ]
    expect(Object.keys(document.components["schemas"]!)).toEqual(expect.arrayContaining([...names, ...others]))
  })

  it("has a webhook for each event of the catalogue", async () => {
    const { document } = await read()
    expect(Object.keys(document.webhooks)).toEqual(eventTypes)
  })

  it("lets null be a value wherever it says that null is a type", async () => {
    const { document } = await read()
    const nullable = nodesOf(document).filter(({ type, enum: values }) => Array.isArray(values) && Array.isArray(type))
    expect(nullable.length).toBeGreaterThan(3)
    for (const node of nullable) expect(node["enum"]).toContain(null)
  })

  it("lets answers grow: only requests are closed", async () => {
    const { document } = await read()
    const closed = Object.entries(document.components["schemas"]!)
      .filter(([, schema]) => nodesOf(schema).some((node) => node["additionalProperties"] === false))
      .map(([name]) => name)
    const bodies = nodesOf(document.paths).flatMap(({ requestBody }) => nodesOf(requestBody))
    const requests = bodies.flatMap(({ $ref }) => (typeof $ref === "string" ? [$ref.split("/").at(-1)] : []))
    expect(requests).toContain("EndpointCreate")
    expect(closed.toSorted()).toEqual([...new Set(requests)].toSorted())
  })
})

describe("pages for people", () => {
  const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  it("the reference has every route and shape, links that lead somewhere, and nothing inline", async () => {
    const { api, document } = await read()
    const response = await api.app.request("/docs")
    const page = await response.text()
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(response.headers.get("content-security-policy")).toBe(policy)
    for (const path of Object.keys(document.paths)) expect(page).toContain(path)
    for (const type of eventTypes) expect(page).toContain(type)
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${target!}"`)
    expect(page).not.toMatch(/<script|style="|onclick|https?:\/\/(?!example|json-schema)[^ ]*\.(css|js)/)
    const style = await api.app.request(/href="([^"#]+\.css)"/.exec(page)![1]!)
    expect([style.status, style.headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"])
  })

  it("every code of a problem is explained where its type points", async () => {
    const { app } = testApi()
    for (const [code, status] of Object.entries(problemStatus)) {
      const response = await app.request(`/problems/${code}`)
      expect(response.status).toBe(200)
      expect(await response.text()).toMatch(new RegExp(`${code}</code>, status ${status}`))
    }
  })

  it("text cannot become markup", async () => {
    const { html, prose } = await import("./html.ts")
    expect(html`<p>${`<script>"&'`}${[html`<b>x</b>`]}</p>`.html).toBe("<p>&lt;script&gt;&quot;&amp;&#39;<b>x</b></p>")
    expect(html`${prose("a `<b>` c")}`.html).toBe("a <code>&lt;b&gt;</code> c")
  })
})
