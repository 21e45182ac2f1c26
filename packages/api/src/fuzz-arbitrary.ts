import fc from "fast-check"

import {
  CANARY,
  DEEP,
  HINT_SECRET,
  hostileBody,
  hostilePathPart,
  hostileText,
  hostileValue,
  toJson,
} from "./fuzz-hostile.ts"

/**
 * For tests only: requests as the OpenAPI document describes them, nearly so, and not at all. An id that only the run can know
 * stands in them as a mark, `@@ep:7@@`, which `fillIn` replaces.
 */

interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  const?: unknown
  enum?: unknown[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  required?: string[]
  minimum?: number
  maximum?: number
}
interface Parameter {
  name: string
  in: string
  required?: boolean
  schema?: Schema
}
interface DocumentedOperation {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema; examples?: Record<string, { $ref: string }> }> }
}
export interface FuzzDocument {
  paths: Record<string, Record<string, DocumentedOperation>>
  components: { schemas: Record<string, Schema>; examples: Record<string, { value: unknown }> }
}

export interface FuzzRequest {
  /** `POST /v1/endpoints/{id}/pause` */
  operation: string
  method: string
  path: string
  headers: Record<string, string>
  body: string | null
  /** All of it is as the document says; it may still be refused, by the state of things. */
  asDocumented: boolean
}

export const idKinds = ["ep", "evt", "dlv", "key", "job", "account", "conversation", "cursor"] as const
export type IdKind = (typeof idKinds)[number]

const mark = (kind: IdKind): fc.Arbitrary<string> => fc.nat(20).map((index) => `@@${kind}:${String(index)}@@`)

/** Which ids a field or parameter is about. */
const kindOf = (name: string, path = ""): IdKind | null => {
  if (/^endpointIds?$/.test(name)) return "ep"
  if (/^eventIds?$/.test(name)) return "evt"
  if (name === "accountId") return "account"
  if (name === "conversationId") return "conversation"
  if (name === "cursor" || name === "after") return "cursor"
  if (name !== "id") return null
  const resource = path.split("/")[2]
  const kinds: Record<string, IdKind> = {
    endpoints: "ep",
    events: "evt",
    deliveries: "dlv",
    keys: "key",
    jobs: "job",
    accounts: "account",
  }
  return kinds[resource ?? ""] ?? null
}

const instant = fc.integer({ min: -40, max: 3 }).map((days) => new Date(Date.UTC(2026, 10, 14 + days)).toISOString())

/** What only words in the document tell, not its keywords. */
const known: Record<string, fc.Arbitrary<unknown>> = {
  url: fc.constantFrom("https://hooks.example.com/a", "https://hooks.example.com:8443/ü?b=c"),
  eventTypes: fc.constantFrom<unknown>(["message.received"], ["*"], ["custom.a", "message.sent"], null),
  type: fc.constantFrom("custom.a", "custom.deal_won.now"),
  secret: fc.constantFrom<unknown>("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", null),
  filter: fc.constantFrom<unknown>(null, { data: { message: { text: [{ prefix: "a" }, { exists: false }] } } }),
  headers: fc.constantFrom<unknown>(null, {}, { "x-a": "b" }, { "x-a": "[redacted]" }),
}

const valueOf = (schema: Schema, name: string, schemas: Record<string, Schema>): fc.Arbitrary<unknown> => {
  const own = known[name]
  if (own !== undefined) return own
  if (schema.$ref !== undefined) return valueOf(schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}, name, schemas)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return fc.oneof(...options.map((option) => valueOf(option, name, schemas)))
  const kind = kindOf(name)
  return fc.oneof(
    ...[schema.type ?? ["object", "null"]].flat().map((type): fc.Arbitrary<unknown> => {
      if (type === "null") return fc.constant(null)
      if (type === "boolean") return fc.boolean()
      if (type === "integer" || type === "number")
        return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, 1_000_000) })
      if (type === "array") return fc.array(valueOf(schema.items ?? {}, name, schemas), { minLength: 1, maxLength: 3 })
      if (type === "object") return objectOf(schema, schemas)
      if (schema.format === "date-time") return instant
      return kind === null ? fc.string({ minLength: 1, maxLength: 20 }) : mark(kind)
    }),
  )
}

const objectOf = (schema: Schema, schemas: Record<string, Schema>): fc.Arbitrary<unknown> => {
  const { properties, required = [] } = schema
  if (properties === undefined) return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ maxLength: 10 }))
  const fields = Object.entries(properties).map(([name, inner]) => [name, valueOf(inner, name, schemas)] as const)
  return fc.record(Object.fromEntries(fields), { requiredKeys: required })
}

/** One field left out, unknown, with a value of another kind, or of none that ends. */
const nearly = (body: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(body, fc.nat(20), fc.constantFrom("drop", "add", "swap", "deepen"), hostileText, hostileValue)
    .map(([value, which, how, name, hostile]) => {
      if (typeof value !== "object" || value === null) return hostile
      const names = Object.keys(value)
      const at = names[which % Math.max(1, names.length)] ?? "x"
      const { [at]: _left, ...others } = value as Record<string, unknown>
      if (how === "drop") return others
      if (how === "deepen") return { ...others, [at]: { a: DEEP } }
      return how === "add" ? { ...value, [name]: hostile } : { ...others, [at]: hostile }
    })

const contentTypes = [
  "text/plain", "", "application/json;;;", "APPLICATION/JSON", "application/json; charset=utf-16", "application/vnd.api+json",
  "multipart/form-data; boundary=x", "multipart/form-data", "application/x-www-form-urlencoded", "*/*", `a/${CANARY}`, "\u00ff",
] // prettier-ignore

const authorizations = [
  "",
  "Bearer",
  "Bearer ",
  "Basic YTpi",
  `Bearer ${CANARY}`,
  `Bearer ${HINT_SECRET}`,
  `Bearer phk_${"a".repeat(54)}`,
  "Bearer a b",
  `bearer ${"x".repeat(9_000)}`,
]

const cookies = [
  "posthorn_session=",
  "posthorn_session",
  `posthorn_session=${CANARY}`,
  `posthorn_session=%${CANARY}; posthorn_session=b`,
  `posthorn_session=${"x".repeat(9_000)}`,
  "=;;=,\u00ff",
]

/** Someone else's webhook, with someone else's key: the document describes neither. */
const isHint = (path: string): boolean => path.startsWith("/v1/hints/")
const hint = { event: "message.received", data: { account_id: "@@account:0@@" } }

/** Requests to one operation. A third each: as documented, nearly, and hostile. */
const requestTo = (path: string, method: string, operation: DocumentedOperation, document: FuzzDocument) => {
  const { schemas, examples } = document.components
  const parameters = operation.parameters ?? []
  const content = operation.requestBody?.content["application/json"]
  const example = Object.values(content?.examples ?? {}).map(
    ({ $ref }) => examples[$ref.split("/").at(-1) ?? ""]?.value,
  )
  const good: fc.Arbitrary<unknown> =
    content === undefined
      ? fc.constantFrom<unknown>(...(isHint(path) ? [hint, hint] : [undefined, {}]))
      : fc.oneof(valueOf(content.schema, "", schemas), fc.constantFrom(...example))

  return fc.constantFrom("documented", "nearly", "hostile").chain((how) => {
    const isGood = how === "documented"
    const often = <Value>(right: fc.Arbitrary<Value>, wrong: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
      isGood ? right : fc.oneof({ arbitrary: right, weight: how === "nearly" ? 4 : 1 }, { arbitrary: wrong, weight: 1 })

    const parts = parameters
      .filter((parameter) => parameter.in === "path")
      .map(({ name }) =>
        often(mark(kindOf(name, path) ?? "account"), hostilePathPart).map((part) => [name, part] as const),
      )
    // A cursor fits its own list alone, and `after` stands alone: with one in each request, nothing would be listed.
    const isCursor = ({ name }: Parameter): boolean => kindOf(name) === "cursor"
    const queries = parameters
      .filter((parameter) => parameter.in === "query")
      .map((parameter) => {
        const value = often(queryValue(parameter, schemas), fc.oneof(hostileText, mark("cursor"), mark("ep")))
        return fc.oneof(
          { arbitrary: fc.constant(null), weight: isCursor(parameter) ? 9 : 2 },
          { arbitrary: value.map((text) => [parameter.name, text] as const), weight: 1 },
        )
      })
    const moreQueries = often(
      fc.constant<(readonly [string, string])[]>([]),
      fc.array(fc.tuple(fc.oneof(hostileText, fc.constantFrom("limit", "cursor", "since")), hostileText), {
        maxLength: 2,
      }),
    )
    const json = good.map((value) => (value === undefined ? null : JSON.stringify(value)))
    const body = isGood ? json : fc.oneof(json, { arbitrary: nearly(good).map(toJson), weight: 2 }, hostileBody)
    const headers = fc.record({
      "content-type": often(
        fc.constantFrom("application/json", "application/json; charset=utf-8"),
        fc.constantFrom(...contentTypes),
      ),
      "idempotency-key": fc.option(
        often(fc.stringMatching(/^[a-c]$/), fc.constantFrom("\u00ff", "", "k".repeat(300), `a\t${CANARY}`)),
        { nil: "-" },
      ),
      authorization: often(
        fc.constant(isHint(path) ? `Bearer ${HINT_SECRET}` : "-"),
        fc.constantFrom("-", "-", "-", ...authorizations),
      ),
      cookie: often(fc.constant("-"), fc.constantFrom("-", ...cookies)),
    })
    const rawQuery = often(
      fc.constant<string[]>([]),
      fc.constantFrom<string[]>([], [], [], ["%E0%A4%A=%"], ["&&=&=%00"], ["limit"]),
    )
    return fc
      .tuple(fc.tuple(...parts), fc.tuple(...queries), moreQueries, rawQuery, body, headers)
      .map(([pathParts, query, more, raw, text, given]): FuzzRequest => {
        const filled = pathParts.reduce((route, [name, part]) => route.replace(`{${name}}`, () => part), path)
        const pairs = [...query.filter((pair) => pair !== null), ...more]
        const search = [...pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`), ...raw].join("&")
        const sendsBody = method !== "get" && text !== null
        const { "content-type": type, ...others } = given
        return {
          operation: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path: search === "" ? filled : `${filled}?${search}`,
          headers: Object.fromEntries(
            Object.entries({ ...others, ...(sendsBody && { "content-type": type }) }).filter(
              ([, value]) => value !== "-",
            ),
          ),
          body: sendsBody ? text : null,
          asDocumented: isGood,
        }
      })
  })
}

/** Marks stay as they are; the rest is encoded, half surrogate pairs as what a browser makes of them. */
const encode = (text: string): string => (text.startsWith("@@") ? text : encodeURIComponent(text.toWellFormed()))

const queryValue = ({ name, schema = {} }: Parameter, schemas: Record<string, Schema>): fc.Arbitrary<string> => {
  if (name === "status") return fc.constantFrom("enabled", "paused", "held,retrying", "running", "succeeded")
  if (name === "type") return fc.constantFrom("message.received", "message.sent,custom.a")
  if (name === "kind") return fc.constantFrom("replay", "backfill,reconcile")
  if (name === "after") return fc.oneof(mark("evt"), mark("cursor"), fc.constantFrom("start", "now"))
  return valueOf(schema, name, schemas).map(String)
}

/** Where nothing is, or something else than asked for. */
const elsewhere: fc.Arbitrary<FuzzRequest> = fc
  .record({
    method: fc.constantFrom("GET", "HEAD", "PUT", "OPTIONS", "DELETE", "PURGE", CANARY.toUpperCase()),
    under: fc.constantFrom("", "/v1", "/v1/endpoints", "/docs", "/schemas", "/problems"),
    // What Hono's own patterns look like, too.
    parts: fc.array(fc.oneof(fc.constantFrom("*", ":id", "{id}", ":id{.*}"), hostilePathPart), {
      minLength: 1,
      maxLength: 2,
    }),
  })
  .map(({ method, under, parts }) => ({
    operation: "elsewhere",
    method,
    path: [under, ...parts].join("/"),
    headers: {},
    body: null,
    asDocumented: false,
  }))

export const requestArbitrary = (document: FuzzDocument): fc.Arbitrary<FuzzRequest> =>
  fc.oneof(
    elsewhere,
    ...Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => requestTo(path, method, operation, document)),
    ),
  )

/** A request with what the run knows: ids that are there in place of the marks. */
export const fillIn = (request: FuzzRequest, knownIds: Record<IdKind, string[]>): FuzzRequest => {
  const replace = (text: string, write: (id: string) => string): string =>
    text.replaceAll(/@@(\w+):(\d+)@@/g, (_, kind: IdKind, index: string) => {
      const ids = knownIds[kind]
      return write(ids[Number(index) % Math.max(1, ids.length)] ?? `${kind}_0000000000000000000000`)
    })
  return {
    ...request,
    path: replace(request.path, encodeURIComponent),
    body: request.body === null ? null : replace(request.body, (id) => JSON.stringify(id).slice(1, -1)),
  }
}
