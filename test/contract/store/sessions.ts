import type { SessionRow } from "@posthorn/core/session"
import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { successes, T0 } from "../rows.ts"

const session = (id: string, change: Partial<SessionRow> = {}): SessionRow => ({
  id,
  keyId: "key_admin",
  keyHash: "hash",
  createdAt: T0,
  expiresAt: T0 + 1,
  ...change,
})

export const sessionContract = (subject: () => Subject): void => {
  it("gives back what was put, expired or not, and null where there is nothing", async () => {
    const { store } = subject()
    const row = session("a-b_C9", { keyId: "key_1", keyHash: "another", createdAt: T0 + 5, expiresAt: T0 + 6_789 })
    expect(await store.getSession(row.id)).toBeNull()
    expect(await store.putSession(row)).toBe(true)
    expect(await store.putSession(session("over", { expiresAt: 1 }))).toBe(true)
    expect(await store.getSession(row.id)).toEqual(row)
    expect(await store.getSession("over")).toEqual(session("over", { expiresAt: 1 }))
    expect(await store.getSession("")).toBeNull()
    expect(await store.getSession("x".repeat(5_000))).toBeNull()
  })

  it("is put once, by one of 20 that ask, and never over another", async () => {
    const { store } = subject()
    const puts = Array.from({ length: 20 }, (_, index) => store.putSession(session("a", { keyId: `key_${index}` })))
    const answers = await Promise.all(puts)
    expect(successes(answers)).toBe(1)
    expect((await store.getSession("a"))?.keyId).toBe(`key_${answers.indexOf(true)}`)
  })

  it("is deleted once, by one of 20 that ask, and no other with it", async () => {
    const { store } = subject()
    await store.putSession(session("a"))
    await store.putSession(session("b"))
    expect(await store.deleteSession("c")).toBe(false)
    expect(successes(await Promise.all(Array.from({ length: 20 }, () => store.deleteSession("a"))))).toBe(1)
    expect(await store.deleteSession("a")).toBe(false)
    expect(await store.deleteSession("x".repeat(5_000))).toBe(false)
    expect(await store.getSession("a")).toBeNull()
    expect(await store.getSession("b")).toEqual(session("b"))
  })
}
