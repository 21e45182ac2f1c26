import { createHmac } from "node:crypto"

import { describe, expect, it } from "vitest"

import { accountRow, NOW, testApi } from "./fixture.ts"

const SECRET = "a-hint-secret-of-24-chars"
const body = (account: string) => JSON.stringify({ event: "message.received", data: { account_id: account } })
const signed = (text: string, secret = SECRET) => ({
  "x-webhook-signature": `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`,
  authorization: "",
})

const setUp = async () => {
  const api = testApi({ hintSecret: SECRET })
  await api.store.createAccount(accountRow("a1"))
  const hint = (text: string, headers: Record<string, string>) =>
    api.call("POST", "/v1/hints/connectsafely", text, headers)
  return { ...api, hint }
}

describe("a hint", () => {
  it("that is signed leads to a poll, and to no event", async () => {
    const { hint, polled, store } = await setUp()
    expect((await hint(body("a1"), signed(body("a1")))).status).toBe(202)
    expect(polled).toEqual(["a1"])
    expect(await store.lastPosition("a1")).toBe(0)
  })

  it("may bring the secret as bearer instead", async () => {
    const { hint, polled } = await setUp()
    expect((await hint(body("a1"), { authorization: `Bearer ${SECRET}` })).status).toBe(202)
    expect(polled).toEqual(["a1"])
  })

  it("a burst leads to one poll at once, and one when ten seconds are over", async () => {
    const { hint, polled, clock, store } = await setUp()
    const againAt = async () => (await store.getAccount("a1"))?.pollAgainAt
    for (let index = 0; index < 20; index++) {
      expect((await hint(body("a1"), signed(body("a1")))).status).toBe(202)
      clock.at += 100
    }
    expect(polled).toEqual(["a1"])
    // By the first hint that was too early, not by each: a burst that goes on must not put the poll off.
    expect(await againAt()).toBe(NOW + 10_100)
    clock.at = NOW + 10_050
    await hint(body("a1"), signed(body("a1")))
    // The poll of this hint is the one that was owed.
    expect([polled, await againAt()]).toEqual([["a1", "a1"], null])
  })

  it("does not poll an account that is paused", async () => {
    const { hint, polled, store } = await setUp()
    await store.setWishes("a1", { paused: true })
    expect((await hint(body("a1"), signed(body("a1")))).status).toBe(202)
    expect([polled, (await store.getAccount("a1"))?.pollAgainAt]).toEqual([[], null])
  })

  it("an unknown account and a wrong signature get the same answer", async () => {
    const { hint, polled } = await setUp()
    const answers = [
      await hint(body("a2"), signed(body("a2"))),
      await hint(body("a1"), signed(body("a1"), "another-secret-altogether")),
      await hint(body("a1"), signed(body("a2"))),
      await hint(body("a1"), { authorization: "" }),
      await hint(body("a1"), { authorization: "Bearer wrong" }),
      await hint("{}", signed("{}")),
      await hint("not json", signed("not json")),
    ].map(({ status, body: { code, detail } }) => [status, code, detail])
    expect(new Set(answers.map(String)).size).toBe(1)
    expect(answers[0]?.slice(0, 2)).toEqual([401, "unauthorized"])
    expect(polled).toEqual([])
  })

  it("is not possible while no secret is set", async () => {
    const { call } = testApi()
    expect((await call("POST", "/v1/hints/connectsafely", body("a1"), signed(body("a1")))).status).toBe(404)
  })
})
