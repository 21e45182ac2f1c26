import { html, page, prose, type Html } from "./html.ts"
import type { OpenApiDocument } from "./openapi.ts"

/** `/docs`: the OpenAPI document as a page to read. Knows nothing that is not in the document. */

/** As much of JSON Schema as the document uses. */
interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  const?: unknown
  enum?: unknown[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  required?: string[]
  description?: string
}

interface Content {
  schema: JsonSchema
  examples?: Record<string, { $ref: string }>
}

interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: JsonSchema }[]
  requestBody?: { content: Record<string, Content> }
  responses?: Record<string, { description?: string; content?: Record<string, Content> }>
}

/** Examples by their name. */
type Examples = Record<string, { value: unknown }>
type Paths = Record<string, Record<string, Operation>>

const METHODS = ["get", "post", "patch", "delete"]

export const referencePage = (document: OpenApiDocument): string => {
  const paths = (document.paths ?? {}) as Paths
  const schemas = (document.components?.schemas ?? {}) as Record<string, JsonSchema>
  const examples = (document.components?.examples ?? {}) as Examples
  const problem = document.components?.responses?.["Problem"] as Operation["requestBody"]
  const routes = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  )
  const webhooks = Object.entries((document.webhooks ?? {}) as Paths)
  const title = `${document.info.title} ${document.info.version}`
  return page(
    title,
    html`<h1>${title}</h1>
      <p>${prose(document.info.description ?? "")}</p>
      <p>
        For programs: <a href="/openapi.json">OpenAPI 3.1</a>. A key goes into
        <code>Authorization: Bearer &lt;key&gt;</code>.
      </p>
      <nav>
        ${routes.map(({ path, method }) => html`<a href="#${anchor(method, path)}">${label(method, path)}</a>`)}
      </nav>
      <h2>Requests</h2>
      ${routes.map(({ path, method, operation }) => route(method, path, operation, examples))}
      <h2>Problems</h2>
      <p>
        What every answer with a status from 400 on looks like. Each code is explained at
        <code>/problems/&lt;code&gt;</code>.
      </p>
      ${examplesOf(problem, examples)}
      <h2>Webhooks</h2>
      <p>
        What an endpoint receives, signed as Standard Webhooks 1.0 asks for. The JSON Schema of each type is at
        <code>/schemas/&lt;type&gt;.json</code>.
      </p>
      <table>
        ${webhooks.map(
          ([type, item]) =>
            html`<tr>
              <td><code>${type}</code></td>
              <td>${prose(item["post"]?.summary ?? "")} ${examplesOf(item["post"]?.requestBody, examples)}</td>
              <td>${contentOf(item["post"]?.requestBody)}</td>
            </tr>`,
        )}
      </table>
      <h2>Shapes</h2>
      ${Object.entries(schemas).map(([name, schema]) => shape(name, schema))}`,
  )
}

const label = (method: string, path: string): Html => html`<code>${method.toUpperCase()} ${path}</code>`
const anchor = (method: string, path: string): string => `${method}${path.replaceAll(/[^a-z0-9]+/gi, "-")}`

const route = (method: string, path: string, operation: Operation, examples: Examples): Html => {
  const scopes = operation.security?.flatMap((wanted) => Object.values(wanted).flat())
  const needed =
    scopes === undefined ? "Needs no key." : scopes.length === 0 ? "Any key." : `Scope ${scopes.join(", ")}.`
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, required, description, schema }) =>
      html`<tr>
        <td><code>${name}</code></td>
        <td>${place}${required === true ? ", required" : ""}</td>
        <td>${schema === undefined ? "" : typeOf(schema)}</td>
        <td>${prose(description ?? schema?.description ?? "")}</td>
      </tr>`,
  )
  const answers = Object.entries(operation.responses ?? {}).map(
    ([status, { description, content }]) =>
      html`<tr>
        <td><code>${status}</code></td>
        <td>${prose(status === "default" ? "Anything else: a problem." : (description ?? ""))}</td>
        <td>
          ${status === "default" ? html`<a href="#shape-Problem">Problem</a>` : contentOf({ content: content ?? {} })}
          ${examplesOf({ content: content ?? {} }, examples)}
        </td>
      </tr>`,
  )
  return html`<section id="${anchor(method, path)}">
    <h3>${label(method, path)}</h3>
    <p>${prose(`${sentence(operation.summary ?? "")} ${operation.description ?? ""}`)} <small>${needed}</small></p>
    ${
      parameters.length > 0
        ? html`<table>
            ${parameters}
          </table>`
        : ""
    }
    ${operation.requestBody ? html`<p>Body: ${contentOf(operation.requestBody)}</p>` : ""}
    ${examplesOf(operation.requestBody, examples)}
    <table>
      ${answers}
    </table>
  </section>`
}

const contentOf = (body: Operation["requestBody"]): Html[] =>
  Object.values(body?.content ?? {}).map(({ schema }) => typeOf(schema))

/** Folded, so that who looks for a route does not have to scroll past them. */
const examplesOf = (body: Operation["requestBody"], examples: Examples): Html[] =>
  Object.values(body?.content ?? {})
    .flatMap(({ examples: hung = {} }) => Object.keys(hung))
    .map(
      (name) =>
        html`<details>
          <summary>Example${/^[a-z_]+$/.test(name) ? html` <code>${name}</code>` : ""}</summary>
          <pre>${JSON.stringify(examples[name]?.value, null, 2)}</pre>
        </details>`,
    )

const shape = (name: string, schema: JsonSchema): Html => {
  const rows = Object.entries(schema.properties ?? {}).map(
    ([field, inner]) =>
      html`<tr>
        <td><code>${field}</code>${schema.required?.includes(field) === true ? "" : " (may be left out)"}</td>
        <td>${typeOf(inner)}</td>
        <td>${prose(inner.description ?? "")}</td>
      </tr>`,
  )
  return html`<section id="shape-${name}">
    <h3>${name}</h3>
    <p>${prose(schema.description ?? "")}</p>
    ${
      rows.length > 0
        ? html`<table>
            ${rows}
          </table>`
        : html`<p>${typeOf(schema)}</p>`
    }
  </section>`
}

/** A type in a few words; named shapes are links. */
const typeOf = (schema: JsonSchema): Html => {
  const name = schema.$ref?.split("/").at(-1)
  if (name !== undefined) return html`<a href="#shape-${name}">${name}</a>`
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return join(options.map(typeOf), " | ")
  if (schema.enum !== undefined) return html`${schema.enum.map((value) => JSON.stringify(value)).join(" | ")}`
  if (schema.items !== undefined) return html`list of ${typeOf(schema.items)}`
  if (schema.properties !== undefined) return html`{ ${join(fields(schema.properties), ", ")} }${orNull(schema)}`
  if (typeof schema.additionalProperties === "object") return html`name → ${typeOf(schema.additionalProperties)}`
  const types = [schema.type ?? "anything"].flat()
  return html`${types.map((type) => (type === "string" ? (schema.format ?? type) : type)).join(" | ")}`
}

const fields = (properties: Record<string, JsonSchema>): Html[] =>
  Object.entries(properties).map(([name, schema]) => html`${name}: ${typeOf(schema)}`)

const orNull = ({ type }: JsonSchema): string => (Array.isArray(type) && type.includes("null") ? " | null" : "")

const join = (parts: Html[], between: string): Html =>
  html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`)
