import { expect, it } from "vitest"

import { isSigned } from "../receiver.ts"
import { type Relay, until } from "../relay.ts"
import { useStage } from "./stage.ts"

const { start, receive } = useStage()

interface KeyJson {
  id: string
  key: string
  scopes: string[]
  lastUsedAt: string | null
}
const makeKey = async (relay: Relay, ...scopes: string[]): Promise<KeyJson> => {
  const { status, body } = await relay.api<KeyJson>("/v1/keys", { body: { name: scopes.join(" and "), scopes } })
  expect(status).toBe(201)
  return body
}

it("a key may do what its scopes say and nothing else; once revoked it may do nothing, at once", async () => {
  const [relay, receiver] = [await start(), await receive()]
  const reader = await makeKey(relay, "read")
  const body = { url: receiver.url }
  expect((await relay.api("/v1/endpoints", { key: reader.key })).status).toBe(200)
  for (const [path, scope, init] of [
    ["/v1/endpoints", "endpoints", { body }],
    ["/v1/events", "admin", { body: { type: "custom.deal", data: {} } }],
    ["/v1/keys", "admin", { body: { name: "mine", scopes: ["admin"] } }],
    [`/v1/accounts/${relay.accountId}/poll`, "admin", { method: "POST" }],
    [`/v1/accounts/${relay.accountId}/typing`, "conversations", { body: { conversationId: "2-x" } }],
    [`/v1/accounts/${relay.accountId}/data`, "admin", { method: "DELETE" }],
  ] as const) {
    const refused = await relay.api(path, { ...init, key: reader.key })
    expect([path, refused.status, refused.body["code"]]).toEqual([path, 403, "forbidden"])
    expect(refused.body["detail"]).toContain(`"${scope}"`)
  }
  expect((await relay.api<{ data: unknown[] }>("/v1/endpoints")).body.data).toEqual([])

  const writer = await makeKey(relay, "endpoints")
  expect((await relay.api("/v1/endpoints", { body, key: writer.key })).status).toBe(201)
  expect((await relay.api("/v1/endpoints", { key: writer.key })).status).toBe(403)
  expect((await relay.api<KeyJson>(`/v1/keys/${writer.id}`)).body.lastUsedAt).not.toBeNull()

  expect((await relay.api(`/v1/keys/${reader.id}`, { method: "DELETE" })).status).toBe(204)
  const after = await relay.api("/v1/endpoints", { key: reader.key })
  expect([after.status, after.headers.get("www-authenticate")]).toEqual([401, "Bearer"])
  expect(JSON.stringify([(await relay.api("/v1/keys")).body, relay.logged])).not.toContain(writer.key)
})

it("an event of one's own, published with a key, arrives signed at the endpoint that names its type and at no other", async () => {
  const [relay, asking, other] = [await start(), await receive(), await receive()]
  const { secret } = await relay.endpoint(asking.url, { eventTypes: ["custom.deal_won"] })
  await relay.endpoint(other.url, { eventTypes: ["*"] })
  const { key } = await makeKey(relay, "admin")
  const sent = { type: "custom.deal_won", data: { deal: { id: 7, worth: "12.50" } } }
  const { status, body, headers } = await relay.api("/v1/events", { body: sent, key })
  expect([status, headers.get("location")]).toEqual([201, `/v1/events/${String(body["id"])}`])
  const [request] = await asking.waitFor(1)
  expect(isSigned(request!, secret)).toBe(true)
  expect(JSON.parse(request!.body)).toEqual(body)
  expect(JSON.parse(request!.body)).toMatchObject(sent)
  expect((await relay.api(`/v1/events/${request!.id}`)).body).toEqual(body)
  await relay.runtime.idle()
  expect(other.requests).toEqual([])
})

it("a key that asks too often gets 429 and how long to wait, whereas other keys go on; then it may again", async () => {
  const relay = await start()
  const [greedy, modest] = [await makeKey(relay, "read"), await makeKey(relay, "read")]
  const ask = async () => await relay.api("/v1/me", { key: greedy.key })
  let refused: Awaited<ReturnType<typeof ask>> | undefined
  await until(async () => {
    const answers = await Promise.all(Array.from({ length: 150 }, ask))
    refused = answers.find(({ status }) => status !== 200)
    return refused !== undefined
  })
  expect([refused?.status, refused?.body["code"]]).toEqual([429, "rate_limited"])
  expect(refused?.headers.get("retry-after")).toMatch(/^[12]$/)
  expect((await relay.api("/v1/me", { key: modest.key })).status).toBe(200)
  await until(async () => (await ask()).status === 200, "the end of the wait")
})
