import { describe, expect, it } from "vitest"

import { accountRow, deliveryRow, logRow, NOW, testApi } from "./fixture.ts"

const setUp = async () => {
  const api = testApi()
  await api.store.createAccount(accountRow("a1", { published: 0 }))
  return api
}

describe("an account's settings", () => {
  it("are changed one by one, and null sets back", async () => {
    const { call } = await setUp()
    const patch = async (body: object) => {
      const { status, body: account } = await call("PATCH", "/v1/accounts/a1", body)
      expect(status).toBe(200)
      return [account["label"], account["paused"], account["pollSeconds"]]
    }
    expect(await patch({ label: "Sales" })).toEqual(["Sales", false, null])
    expect(await patch({ paused: true, pollSeconds: 30 })).toEqual(["Sales", true, 30])
    expect(await patch({ pollSeconds: null })).toEqual(["Sales", true, null])
    expect(await patch({ label: null, paused: false })).toEqual([null, false, null])
  })

  it("a new interval counts at once, but polls nobody who is paused", async () => {
    const { call, store } = await setUp()
    const askedAt = async () => (await store.getAccount("a1"))?.pollAskedAt
    await call("PATCH", "/v1/accounts/a1", { paused: true, pollSeconds: 30 })
    await call("PATCH", "/v1/accounts/a1", { pollSeconds: 20 })
    expect(await askedAt()).toBeNull()
    await call("PATCH", "/v1/accounts/a1", { paused: false, pollSeconds: 10 })
    expect(await askedAt()).toBe(NOW)
  })

  it("an account whose pause ends is due at once", async () => {
    const { call, store } = await setUp()
    await call("PATCH", "/v1/accounts/a1", { paused: true })
    expect((await store.getAccount("a1"))?.pollAskedAt).toBeNull()
    await call("PATCH", "/v1/accounts/a1", { paused: false })
    expect((await store.getAccount("a1"))?.pollAskedAt).toBe(NOW)
  })

  it.each([
    [{ pollSeconds: 0 }, "/pollSeconds"],
    [{ pollSeconds: 3_601 }, "/pollSeconds"],
    [{ pollSeconds: 1.5 }, "/pollSeconds"],
    [{ label: "x".repeat(101) }, "/label"],
    [{ label: " " }, "/label"],
    [{ label: "two\nlines" }, "/label"],
    [{ paused: "yes" }, "/paused"],
    [{ status: "healthy" }, "/status"],
  ])("refuses %j, naming %s", async (body, pointer) => {
    const { call } = await setUp()
    const answer = await call("PATCH", "/v1/accounts/a1", body)
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer])
  })
})

describe("what is forgotten", () => {
  it("is gone from events and deliveries, and stays known", async () => {
    const { call, store } = await setUp()
    const rows = [1, 2, 3].map((position) => logRow("a1", position, NOW))
    for (const row of rows) {
      await store.appendEvent(row)
      await store.putDelivery(deliveryRow(row.event.id, "ep_0123456789012345678901"), null)
    }
    await store.appendEvent(logRow("a1", 4, NOW))
    await store.raisePublished("a1", 3)
    expect((await call("DELETE", "/v1/accounts/a1/data")).status).toBe(204)
    // Not published, so that its checkpoint may not know it: forgotten once it is.
    expect((await store.getEvent("a1", 4))?.forgotten).toBe(false)
    await store.raisePublished("a1", 4)
    expect((await call("DELETE", "/v1/accounts/a1/data")).status).toBe(204)
    expect((await call("GET", "/v1/events")).body.data).toEqual([])
    expect((await call("GET", "/v1/deliveries")).body.data).toEqual([])
    expect((await call("GET", `/v1/events/${rows[0]?.event.id ?? ""}`)).status).toBe(404)
    expect(await store.lastPosition("a1")).toBe(4)
    expect(JSON.stringify(await store.readLog("a1", 0, 10))).not.toContain("text")
    expect((await call("DELETE", "/v1/accounts/a1/data")).status).toBe(204)
  })

  it("is one conversation where one is named", async () => {
    const { call, store } = await setUp()
    const mine = logRow("a1", 1, NOW)
    await store.appendEvent(mine)
    await store.appendEvent({ ...logRow("a1", 2, NOW), conversationId: "2-other" })
    await store.raisePublished("a1", 2)
    expect((await call("DELETE", "/v1/accounts/a1/data?conversationId=2-other")).status).toBe(204)
    expect((await call("GET", "/v1/events")).body.data.map(({ id }) => id)).toEqual([mine.event.id])
  })

  it("says how far it got where there is too much for one request", async () => {
    const { call, store, clock } = await setUp()
    for (let position = 1; position <= 20; position++) await store.appendEvent(logRow("a1", position, NOW))
    await store.raisePublished("a1", 20)
    clock.now = () => (clock.at += 9_000)
    const { status, body } = await call("DELETE", "/v1/accounts/a1/data")
    expect([status, body["forgotten"]]).toEqual([202, 16])
  })
})
