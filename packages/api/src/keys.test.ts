import { describe, expect, it } from "vitest"

import { NOW, testApi } from "./fixture.ts"

const MINUTE = 60_000
const make = async (api: ReturnType<typeof testApi>, fields: object = {}) => {
  const { status, body } = await api.call("POST", "/v1/keys", { name: "zapier", scopes: ["read"], ...fields })
  expect(status).toBe(201)
  return body as unknown as { id: string; key: string; prefix: string }
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

describe("keys", () => {
  it("a key is shown once, works, and is kept as a hash", async () => {
    const api = testApi()
    const made = await make(api)
    expect(made.key.startsWith(made.prefix)).toBe(true)
    const me = await api.call("GET", "/v1/me", undefined, bearer(made.key))
    expect(me.body["key"]).toEqual({ id: made.id, name: "zapier", scopes: ["read"] })
    const listed = await api.call("GET", "/v1/keys")
    expect(listed.text).not.toContain(made.key)
    expect(JSON.stringify(await api.store.listKeys())).not.toContain(made.key.slice(26))
  })

  it("a key does what its scopes say, and an admin key everything", async () => {
    const api = testApi()
    const { key: reader } = await make(api)
    const { key: admin } = await make(api, { scopes: ["admin"] })
    const body = { url: "https://example.com/hook" }
    expect((await api.call("GET", "/v1/endpoints", undefined, bearer(reader))).status).toBe(200)
    const refused = await api.call("POST", "/v1/endpoints", body, bearer(reader))
    expect([refused.status, refused.body.detail]).toEqual([403, 'This key lacks the scope "endpoints".'])
    expect((await api.call("POST", "/v1/endpoints", body, bearer(admin))).status).toBe(201)
    expect((await api.call("POST", "/v1/keys", { name: "x", scopes: ["read"] }, bearer(reader))).status).toBe(403)
  })

  it("no request gets through once a key is revoked or over", async () => {
    const api = testApi()
    const revoked = await make(api)
    const over = await make(api, { expiresAt: new Date(NOW + MINUTE).toISOString() })
    expect((await api.call("GET", "/v1/me", undefined, bearer(over.key))).status).toBe(200)
    api.clock.at += MINUTE
    expect((await api.call("GET", "/v1/me", undefined, bearer(over.key))).status).toBe(401)
    expect((await api.call("DELETE", `/v1/keys/${revoked.id}`)).status).toBe(204)
    expect((await api.call("GET", "/v1/me", undefined, bearer(revoked.key))).status).toBe(401)
    expect((await api.call("DELETE", `/v1/keys/${revoked.id}`)).status).toBe(404)
  })

  it("a key with one letter changed is not known, wherever the letter is", async () => {
    const api = testApi()
    const { key } = await make(api)
    for (let at = 0; at < key.length; at += 7) {
      const wrong = key.slice(0, at) + (key[at] === "A" ? "B" : "A") + key.slice(at + 1)
      expect((await api.call("GET", "/v1/me", undefined, bearer(wrong))).status).toBe(401)
    }
  })

  it("last use is written at most once in ten minutes", async () => {
    const api = testApi()
    const { id, key } = await make(api)
    const use = () => api.call("GET", "/v1/me", undefined, bearer(key))
    const versionAndUse = async () => {
      const row = await api.store.getKey(id)
      return [row?.version, row?.lastUsedAt]
    }
    await use()
    await use()
    expect(await versionAndUse()).toEqual([2, NOW])
    api.clock.at += 10 * MINUTE
    await use()
    expect(await versionAndUse()).toEqual([3, NOW + 10 * MINUTE])
  })

  it("an Idempotency-Key makes one key, and says which when it comes again", async () => {
    const api = testApi()
    const body = { name: "zapier", scopes: ["read"] }
    const first = await api.call("POST", "/v1/keys", body, { "idempotency-key": "once" })
    const second = await api.call("POST", "/v1/keys", body, { "idempotency-key": "once" })
    const other = await api.call("POST", "/v1/keys", { ...body, scopes: ["admin"] }, { "idempotency-key": "once" })
    expect([first.status, second.status, second.body.code]).toEqual([201, 409, "conflict"])
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"])
    expect(second.body.detail).toContain(first.body.id)
  })

  it.each([
    [{ name: "", scopes: ["read"] }, "/name"],
    [{ name: "x", scopes: [] }, "/scopes"],
    [{ name: "x", scopes: ["write"] }, "/scopes/0"],
    [{ name: "x", scopes: ["read"], expiresAt: "tomorrow" }, "/expiresAt"],
    [{ name: "x", scopes: ["read"], expiresAt: "2020-01-01T00:00:00Z" }, "/expiresAt"],
    [{ name: "x", scope: ["read"] }, "/scopes"],
  ])("refuses %j, naming %s", async (body, pointer) => {
    const answer = await testApi().call("POST", "/v1/keys", body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((error) => error.pointer)).toContain(pointer)
  })

  it("a key that asks too often is told when to come again", async () => {
    const api = testApi({ takeRequest: async (keyId) => (keyId === "key_admin" ? 1_200 : 0) })
    const { status, headers, body } = await api.call("GET", "/v1/me")
    expect([status, headers.get("retry-after"), body.code]).toEqual([429, "2", "rate_limited"])
  })
})
