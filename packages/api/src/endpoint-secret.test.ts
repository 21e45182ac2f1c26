import { describe, expect, it } from "vitest"

import { secretContext } from "@posthorn/core/delivery/seal-context"
import { ADMIN_KEY, NOW, testApi } from "./fixture.ts"

describe("rotating the secret", () => {
  const rotate = (api: ReturnType<typeof testApi>, id: string, body?: object) =>
    api.call("POST", `/v1/endpoints/${id}/rotate-secret`, body)
  const opened = async (api: ReturnType<typeof testApi>, id: string) =>
    ((await api.store.getEndpoint(id))?.secrets ?? []).map(({ sealed, expiresAt }) => [
      api.deps.seal.open(sealed, secretContext(id)),
      expiresAt,
    ])

  it("the old secret signs along for a day, the new one is shown once", async () => {
    const api = testApi()
    const { id, secret } = await api.makeEndpoint()
    const { status, body } = await rotate(api, id)
    expect([status, body.secret === secret]).toEqual([200, false])
    expect(body["previousSecretExpiresAt"]).toBe(new Date(NOW + 86_400_000).toISOString())
    expect(await opened(api, id)).toEqual([
      [body.secret, null],
      [secret, NOW + 86_400_000],
    ])
    expect((await api.call("GET", `/v1/endpoints/${id}`)).body.secret).toBeUndefined()
  })

  it("a leaked one ends at once, and all before it", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    await rotate(api, id)
    const { body } = await rotate(api, id, { overlapSeconds: 0 })
    expect(await opened(api, id)).toEqual([[body.secret, null]])
    expect(body["previousSecretExpiresAt"]).toBeNull()
  })

  it("a shorter overlap shortens that of those before", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    await rotate(api, id)
    await rotate(api, id, { overlapSeconds: 60 })
    expect((await opened(api, id)).map(([, expiresAt]) => expiresAt)).toEqual([null, NOW + 60_000, NOW + 60_000])
  })

  it("what was dialled with the old secret counts no more", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const before = await api.store.getEndpoint(id)
    await rotate(api, id)
    expect((await api.store.getEndpoint(id))?.revision).toBe((before?.revision ?? 0) + 1)
  })

  it("takes a secret of one's own, but not the one in use", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const own = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
    expect((await rotate(api, id, { secret: own })).body.secret).toBe(own)
    const again = await rotate(api, id, { secret: own })
    expect([again.status, again.body.errors[0]?.pointer]).toEqual([400, "/secret"])
  })

  it.each(["", " ", "{}"])("needs no body: %j declared as JSON is none", async (body) => {
    const api = testApi()
    const { id, secret } = await api.makeEndpoint()
    const answer = await api.call("POST", `/v1/endpoints/${id}/rotate-secret`, body)
    expect([answer.status, answer.body.secret === secret]).toEqual([200, false])
    expect(answer.body["previousSecretExpiresAt"]).toBe(new Date(NOW + 86_400_000).toISOString())
  })

  it("changes nothing for a body that cannot be read, or is not declared as JSON", async () => {
    const api = testApi()
    const { id, secret } = await api.makeEndpoint()
    const path = `/v1/endpoints/${id}/rotate-secret`
    const leaked = JSON.stringify({ overlapSeconds: 0 })
    expect((await api.call("POST", path, "{")).body.code).toBe("malformed_json")
    expect((await api.call("POST", path, leaked, { "content-type": "text/plain" })).status).toBe(415)
    const bytes = new TextEncoder().encode(leaked)
    const headers = { authorization: `Bearer ${ADMIN_KEY}` }
    expect((await api.app.request(path, { method: "POST", headers, body: bytes })).status).toBe(415)
    expect(await opened(api, id)).toEqual([[secret, null]])
  })

  it.each([
    [{ overlapSeconds: -1 }, "/overlapSeconds"],
    [{ overlapSeconds: 604_801 }, "/overlapSeconds"],
    [{ secret: "short" }, "/secret"],
    [{ overlap: 5 }, "/overlap"],
  ])("refuses %j", async (body, pointer) => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const answer = await rotate(api, id, body)
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer])
  })
})
