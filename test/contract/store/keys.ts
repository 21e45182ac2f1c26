import type { KeyRow } from "@posthorn/core/key"
import { derivedId } from "@posthorn/core/id"
import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { successes, T0 } from "../rows.ts"

const id = (name: string | number): string => derivedId("key", "contract", String(name))

const key = (name: string | number, change: Partial<KeyRow> = {}): KeyRow => ({
  id: id(name),
  version: 1,
  name: "CI",
  prefix: "ph_abcd",
  hash: "hash",
  scopes: ["read"],
  createdAt: T0,
  expiresAt: null,
  lastUsedAt: null,
  requestHash: null,
  ...change,
})

export const keyContract = (subject: () => Subject): void => {
  it("gives back what was put, and null where there is nothing", async () => {
    const { store } = subject()
    const row = key(1, {
      name: "Größe 👍",
      scopes: ["read", "endpoints", "conversations", "admin"],
      expiresAt: T0 + 1,
      lastUsedAt: T0 + 2,
      requestHash: "request",
    })
    expect(await store.getKey(row.id)).toBeNull()
    expect(await store.putKey(row, null)).toBe(true)
    expect(await store.putKey(key(2, { scopes: [] }), null)).toBe(true)
    expect(await store.getKey(row.id)).toEqual(row)
    expect(await store.getKey(id(2))).toEqual(key(2, { scopes: [] }))
    expect(await store.getKey("")).toBeNull()
    expect(await store.getKey("x".repeat(5_000))).toBeNull()
  })

  it("writes only over the version that was read", async () => {
    const { store } = subject()
    await store.putKey(key(1), null)
    expect(await store.putKey(key(1, { name: "other" }), null)).toBe(false)
    expect(await store.putKey(key(1, { version: 3, name: "other" }), 2)).toBe(false)
    expect(await store.getKey(id(1))).toEqual(key(1))
    expect(await store.putKey(key(1, { version: 2, lastUsedAt: T0 + 5 }), 1)).toBe(true)
    expect(await store.getKey(id(1))).toEqual(key(1, { version: 2, lastUsedAt: T0 + 5 }))
  })

  it("of 20 parallel uses that are written one succeeds", async () => {
    const { store } = subject()
    await store.putKey(key(1), null)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.putKey(key(1, { version: 2, lastUsedAt: T0 + index }), 1)),
    )
    expect(successes(answers)).toBe(1)
    expect((await store.getKey(id(1)))?.lastUsedAt).toBe(T0 + answers.indexOf(true))
  })

  it("does not come back by a use that was read before it was deleted", async () => {
    const { store } = subject()
    await store.putKey(key(1), null)
    expect(await store.deleteKey(id(1))).toBe(true)
    expect(await store.putKey(key(1, { version: 2, lastUsedAt: T0 }), 1)).toBe(false)
    expect(await store.getKey(id(1))).toBeNull()
    expect(await store.listKeys()).toEqual([])
  })

  it("is deleted once, by one of 20 that ask, and no other with it", async () => {
    const { store } = subject()
    await store.putKey(key(1), null)
    await store.putKey(key(2), null)
    expect(await store.deleteKey(id(3))).toBe(false)
    expect(successes(await Promise.all(Array.from({ length: 20 }, () => store.deleteKey(id(1)))))).toBe(1)
    expect(await store.deleteKey(id(1))).toBe(false)
    expect(await store.listKeys()).toEqual([key(2)])
  })

  it("lists all of them, expired ones too", async () => {
    const { store } = subject()
    const rows = Array.from({ length: 120 }, (_, index) => key(index, index % 2 === 0 ? { expiresAt: 1 } : {}))
    for (const row of rows) await store.putKey(row, null)
    const byId = (a: KeyRow, b: KeyRow): number => (a.id < b.id ? -1 : 1)
    expect((await store.listKeys()).sort(byId)).toEqual(rows.sort(byId))
  })
}
