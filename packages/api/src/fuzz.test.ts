import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { deliveryId } from "@posthorn/core/id"
import { NOW, ADMIN_KEY, accountRow, checkShape, deliveryRow, logRow, testApi } from "./fixture.ts"
import {
  fillIn,
  idKinds,
  requestArbitrary,
  type FuzzDocument,
  type FuzzRequest,
  type IdKind,
} from "./fuzz-arbitrary.ts"
import { CANARY, HINT_SECRET } from "./fuzz-hostile.ts"
import { Problem } from "./problem.ts"

/** POSTHORN_SEEDS runs that many sequences of requests; fast-check prints the seed of one that fails. */
const RUNS = Number(process.env["POSTHORN_SEEDS"] ?? 250)
const REQUESTS = 30

type Asked = NonNullable<Parameters<typeof testApi>[0]>["upstream"]

const upstream: Asked = {
  listConversations: async () => ({
    dialect: "legacy",
    accountId: null,
    profileUrn: null,
    conversations: [],
    unreadable: 0,
    nextCursor: null,
    fromCache: false,
    date: null,
  }),
  readThread: async () => ({
    dialect: "legacy",
    accountId: null,
    profileUrn: null,
    messages: [],
    unreadable: 0,
    participants: null,
    hasOlder: false,
    older: null,
  }),
  sendTyping: async () => {},
}

/** An API with something of each kind in it, and the ids of all that. */
const setUp = async () => {
  const api = testApi({ upstream, hintSecret: HINT_SECRET })
  const ids: Record<IdKind, string[]> = Object.fromEntries(idKinds.map((kind) => [kind, []])) as never
  for (const id of ["a1", "a2"]) await api.store.createAccount(accountRow(id))
  ids.account.push("a1", "a2")
  const endpoint = await api.makeEndpoint({ eventTypes: ["*"], headers: { "x-a": "b" } })
  ids.ep.push(endpoint.id, (await api.makeEndpoint()).id)
  for (let position = 1; position <= 3; position++) {
    const row = logRow("a1", position, NOW - position)
    await api.store.appendEvent(row)
    await api.store.putDelivery(deliveryRow(row.event.id, endpoint.id, { position }), null)
    ids.evt.push(row.event.id)
    ids.dlv.push(deliveryId(row.event.id, endpoint.id))
    ids.conversation.push(row.conversationId!)
  }
  await api.store.raisePublished("a1", 3)
  ids.key.push((await api.call("POST", "/v1/keys", { name: "one", scopes: ["read"] })).body.id)
  const replayed = await api.call("POST", `/v1/endpoints/${endpoint.id}/replay`, { since: "2026-11-14T00:00:00Z" })
  ids.job.push(replayed.body.id)
  return { ...api, ids }
}

type Fuzzed = Awaited<ReturnType<typeof setUp>>

const ask = async ({ app, ids }: Fuzzed, { method, path, headers, body }: FuzzRequest) => {
  const response = await app.request(
    new Request(new URL(path, "http://posthorn.test"), {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
      body,
    }),
  )
  const text = await response.text()
  const type = response.headers.get("content-type") ?? ""
  const json = text !== "" && type.includes("json") ? (JSON.parse(text) as Record<string, unknown>) : null
  // What was made or listed is used by later requests.
  for (const [, id, kind] of text.matchAll(/"((ep|evt|dlv|key|job)_[\w-]+)"/g) as Iterable<[string, string, IdKind]>)
    if (ids[kind].length < 20 && !ids[kind].includes(id)) ids[kind].push(id)
  const cursor = json?.["nextCursor"]
  if (typeof cursor === "string" && ids.cursor.length < 20) ids.cursor.push(cursor)
  return { status: response.status, headers: response.headers, type, text, json }
}

describe("any sequence of requests, as documented, nearly so, and hostile", () => {
  it(
    "is answered as documented: never a 5xx, every refusal a problem that says what is wrong",
    { timeout: 3_600_000 },
    async () => {
      const document = (await (await testApi().app.request("/openapi.json")).json()) as FuzzDocument
      const operations = new Map<string, { succeeded: number; refused: number }>()
      const run = fc.asyncProperty(
        fc.array(requestArbitrary(document), { minLength: REQUESTS, maxLength: REQUESTS }),
        async (requests) => {
          const api = await setUp()
          try {
            for (const given of requests) {
              const request = fillIn(given, api.ids)
              const answer = await ask(api, request)
              check(api, request, answer)
              const counts = operations.get(request.operation) ?? { succeeded: 0, refused: 0 }
              operations.set(request.operation, counts)
              counts[answer.status < 400 ? "succeeded" : "refused"] += 1
            }
            expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
            expect(JSON.stringify(api.lines)).not.toContain(CANARY)
          } finally {
            await api.store.close()
          }
        },
      )
      await fc.assert(run, { numRuns: RUNS })
      // Of requests that are all refused nothing would be learnt.
      const never = [...operations].filter(([, { succeeded, refused }]) => succeeded === 0 || refused === 0)
      if (RUNS >= 100)
        expect(never.map(([operation]) => operation).filter((operation) => operation !== "elsewhere")).toEqual([])
    },
  )
})

it("a path that is spelt like a pattern is answered, and logged, once", async () => {
  for (const path of ["/*", "/v1/*", "/v1/hints/*", "/v1/endpoints/:id"]) {
    const { app, lines } = testApi()
    const response = await app.request(path, { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
    const { requestId, code } = (await response.json()) as Problem
    expect([response.status, code], path).toEqual([404, "not_found"])
    expect(lines.map((line) => line.requestId)).toEqual([requestId])
    expect(response.headers.get("request-id")).toBe(requestId)
  }
})

const check = ({ app, lines }: Fuzzed, request: FuzzRequest, answer: Awaited<ReturnType<typeof ask>>): void => {
  const { status, headers, type, text, json } = answer
  const line = lines.at(-1)
  expect(status, `${text} ${line?.error ?? ""}`).toBeLessThan(500)
  expect(headers.get("request-id")).toMatch(/^req_[\w-]{22}$/)
  expect(line).toMatchObject({ status, requestId: headers.get("request-id"), error: null })
  const { pathname } = new URL(request.path, "http://posthorn.test")
  // The schemas drop a name that the API keeps, in the one place where names are free.
  if (json !== null && !text.includes('"__proto__"')) checkShape(app, request.method, pathname, status, json)
  if (status < 400) {
    expect(text === "" || json !== null || request.operation === "elsewhere").toBe(true)
    return
  }
  expect(type).toBe("application/problem+json")
  if (request.method === "HEAD") return
  const problem = Problem.parse(json)
  expect(problem).toMatchObject({ status, requestId: headers.get("request-id") })
  expect(problem.detail.length).toBeGreaterThan(10)
  // By the state of things, or by a rule between two fields; not for what the document itself says.
  if (request.asDocumented) expect(problem.code).not.toMatch(/malformed|media_type|unauthorized|method/)
  if (problem.code === "validation_failed") {
    expect(problem.errors.length).toBeGreaterThan(0)
    for (const { in: place, pointer, message } of problem.errors) {
      expect(message.length).toBeGreaterThan(5)
      expect(message).not.toMatch(/^Invalid|undefined|\n/)
      if (place === "body") expect(pointer).toMatch(/^(\/|$)/)
    }
  }
}
