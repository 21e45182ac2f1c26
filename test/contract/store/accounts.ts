import { expect, it } from "vitest"

import { derivedId } from "@posthorn/core/id"

import type { Subject } from "../store-contract.ts"
import { account, successes, T0 } from "../rows.ts"

export const accountContract = (subject: () => Subject): void => {
  it("gives back the account that was created, and null where there is none", async () => {
    const { store } = subject()
    const ada = account("ada", {
      status: "failing",
      statusReason: "429",
      dialect: "legacy",
      baselinedAt: T0 + 1,
      watermark: T0 + 2,
      front: { aaaaaaaaaaa: { print: "bbbbbbbbbbb", unread: 2 } },
      quarantine: [{ conversationId: "2-x", urn: "urn:x", failures: 3, retryAt: T0 + 3, reason: "invalid_answer" }],
      lagMs: 1_234,
      lastError: { kind: "timeout", message: "no answer", status: null, at: T0 + 4 },
      lastReconciliation: { at: T0 + 5, checked: 40, missing: 1 },
      reconciling: { page: 2, read: ["2-x"], since: null },
      label: "Sales",
      paused: true,
      pollSeconds: 300,
      pollAskedAt: T0 + 6,
      pollAgainAt: T0 + 7,
      jobId: derivedId("job", "contract"),
    })
    expect(await store.getAccount("ada")).toBeNull()
    expect(await store.createAccount(ada)).toBe(true)
    expect(await store.getAccount("ada")).toEqual(ada)
    expect(await store.getAccount("grace")).toBeNull()
  })

  it("does not create an account twice, and leaves the first as it was", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    expect(await store.createAccount(account("ada", { name: "Other" }))).toBe(false)
    expect((await store.getAccount("ada"))?.name).toBe("Ada Lovelace")
  })

  it("of 20 parallel creations one succeeds", async () => {
    const { store } = subject()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.createAccount(account("ada", { demand: index }))),
    )
    expect(successes(answers)).toBe(1)
    expect((await store.getAccount("ada"))?.demand).toBe(answers.indexOf(true))
  })

  it("lists all accounts by id", async () => {
    const { store } = subject()
    for (const id of ["b", "a", "c", "B", "10", "9"]) await store.createAccount(account(id))
    expect((await store.listAccounts()).map(({ id }) => id)).toEqual(["10", "9", "B", "a", "b", "c"])
    expect((await store.listAccounts())[3]).toEqual(account("a"))
  })

  it("lists no account for the system's log", async () => {
    const { store } = subject()
    await store.raisePublished("system", 3)
    expect(await store.listAccounts()).toEqual([])
    expect(await store.getAccount("system")).toBeNull()
  })

  it("leases to one owner at a time", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    expect(await store.acquireLease("ada", "one", T0, T0 + 60_000)).toEqual(account("ada"))
    expect(await store.acquireLease("ada", "two", T0 + 59_999, T0 + 120_000)).toBeNull()
  })

  it("gives a lease anew at the instant it ends", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.acquireLease("ada", "one", T0, T0 + 60_000)
    expect(await store.acquireLease("ada", "two", T0 + 60_000, T0 + 120_000)).not.toBeNull()
    expect(await store.saveProgress("ada", "one", { demand: 1 }, false)).toBe(false)
    expect(await store.saveProgress("ada", "two", { demand: 2 }, false)).toBe(true)
    expect((await store.getAccount("ada"))?.demand).toBe(2)
  })

  it("gives an owner its own lease again, since a request may be repeated on its way", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.acquireLease("ada", "one", T0, T0 + 60_000)
    expect(await store.acquireLease("ada", "one", T0 + 1, T0 + 60_001)).not.toBeNull()
    expect(await store.acquireLease("ada", "two", T0 + 60_000, T0 + 120_000)).toBeNull()
  })

  it("leases no account that is not there", async () => {
    const { store } = subject()
    expect(await store.acquireLease("ada", "one", T0, T0 + 60_000)).toBeNull()
    expect(await store.saveProgress("ada", "one", { demand: 1 }, true)).toBe(false)
    expect(await store.getAccount("ada")).toBeNull()
    expect(await store.listAccounts()).toEqual([])
  })

  it("of 20 parallel owners one has the lease", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.acquireLease("ada", `owner ${index}`, T0, T0 + 60_000)),
    )
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1)
  })

  it("saves the fields that are named and no others", async () => {
    const { store } = subject()
    await store.createAccount(
      account("ada", { front: { aaaaaaaaaaa: { print: "p", unread: 1 } }, statusReason: "was", demand: 5 }),
    )
    await store.acquireLease("ada", "one", T0, T0 + 60_000)
    const change = { statusReason: null, front: { bbbbbbbbbbb: { print: "q", unread: 0 } }, lagMs: 7 }
    expect(await store.saveProgress("ada", "one", change, false)).toBe(true)
    expect(await store.getAccount("ada")).toEqual(account("ada", { ...change, demand: 5 }))
  })

  it("lets go of the lease with the same write, even with nothing to save", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.acquireLease("ada", "one", T0, T0 + 60_000)
    expect(await store.saveProgress("ada", "one", {}, true)).toBe(true)
    expect(await store.saveProgress("ada", "one", { demand: 1 }, false)).toBe(false)
    expect(await store.acquireLease("ada", "two", T0 + 1, T0 + 60_001)).toEqual(account("ada"))
  })

  it("saves for an owner whose time is over, as long as nobody else has taken the lease", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.acquireLease("ada", "one", T0, T0 + 1)
    expect(await store.saveProgress("ada", "one", { demand: 9 }, true)).toBe(true)
  })

  it("moves the next poll whoever holds the lease, and leaves the lease alone", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.acquireLease("ada", "one", T0, T0 + 60_000)
    await store.setNextPollAt("ada", T0 + 5)
    expect(await store.getAccount("ada")).toEqual(account("ada", { nextPollAt: T0 + 5 }))
    expect(await store.saveProgress("ada", "one", {}, true)).toBe(true)
  })

  it("makes no account by moving the next poll of one that is not there", async () => {
    const { store } = subject()
    await store.setNextPollAt("ada", T0)
    expect(await store.getAccount("ada")).toBeNull()
    expect(await store.createAccount(account("ada"))).toBe(true)
  })

  it("shows how far the account's log is published", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.raisePublished("ada", 4)
    expect((await store.getAccount("ada"))?.published).toBe(4)
    expect((await store.listAccounts())[0]?.published).toBe(4)
    expect((await store.acquireLease("ada", "one", T0, T0 + 1))?.published).toBe(4)
    await store.saveProgress("ada", "one", { demand: 1 }, true)
    expect((await store.getAccount("ada"))?.published).toBe(4)
  })
}
