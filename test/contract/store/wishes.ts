import { derivedId } from "@posthorn/core/id"
import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { account, successes, T0 } from "../rows.ts"

const JOB = derivedId("job", "contract")

export const wishContract = (subject: () => Subject): void => {
  it("writes the wishes that are named and no others", async () => {
    const { store } = subject()
    await store.createAccount(account("ada", { label: "Sales", jobId: JOB, demand: 5, statusReason: "429" }))
    expect(await store.setWishes("ada", { paused: true, pollSeconds: 300 })).toBe(true)
    const all = { label: "Sales", jobId: JOB, demand: 5, statusReason: "429", paused: true, pollSeconds: 300 }
    expect(await store.getAccount("ada")).toEqual(account("ada", all))
    expect(await store.setWishes("ada", { paused: false, pollSeconds: null, label: null, jobId: null })).toBe(true)
    expect(await store.getAccount("ada")).toEqual(account("ada", { demand: 5, statusReason: "429" }))
    expect(await store.setWishes("ada", {})).toBe(true)
    expect(await store.listAccounts()).toEqual([account("ada", { demand: 5, statusReason: "429" })])
  })

  it("writes wishes whoever holds the lease, and leaves the lease alone", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.acquireLease("ada", "one", T0, T0 + 60_000)
    expect(await store.setWishes("ada", { label: "Sales" })).toBe(true)
    expect(await store.acquireLease("ada", "two", T0 + 1, T0 + 60_001)).toBeNull()
    expect(await store.saveProgress("ada", "one", { demand: 2, updatedAt: T0 + 1 }, true)).toBe(true)
    expect(await store.getAccount("ada")).toEqual(account("ada", { label: "Sales", demand: 2, updatedAt: T0 + 1 }))
  })

  it("loses none of 20 wishes that come while polls save", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.acquireLease("ada", "one", T0, T0 + 60_000)
    const wishes = [{ label: "Sales" }, { paused: true }, { pollSeconds: 120 }, { jobId: JOB }]
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => [
        store.setWishes("ada", wishes[index % wishes.length]!),
        store.saveProgress("ada", "one", { demand: index }, false),
      ]).flat(),
    )
    const after = await store.getAccount("ada")
    expect(after).toMatchObject({ label: "Sales", paused: true, pollSeconds: 120, jobId: JOB })
  })

  it("makes no account by a wish or a hint for one that is not there", async () => {
    const { store } = subject()
    expect(await store.setWishes("ada", { label: "Sales" })).toBe(false)
    expect(await store.claimHint("ada", T0, 1_000)).toBe(false)
    expect(await store.getAccount("ada")).toBeNull()
    expect(await store.listAccounts()).toEqual([])
    expect(await store.createAccount(account("ada"))).toBe(true)
    expect(await store.claimHint("ada", T0, 1_000)).toBe(true)
  })

  it("gives one hint in a gap, and the next when the gap is over", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.createAccount(account("grace"))
    expect(await store.claimHint("ada", T0, 10_000)).toBe(true)
    expect(await store.claimHint("ada", T0, 10_000)).toBe(false)
    expect(await store.claimHint("ada", T0 + 9_999, 10_000)).toBe(false)
    expect(await store.claimHint("grace", T0 + 1, 10_000)).toBe(true)
    expect(await store.claimHint("ada", T0 + 10_000, 10_000)).toBe(true)
    expect(await store.claimHint("ada", T0 + 19_999, 10_000)).toBe(false)
  })

  it("gives a hint to one of 20 that ask in parallel, and shows nothing of it on the account", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.claimHint("ada", T0, 10_000)))
    expect(successes(answers)).toBe(1)
    expect(await store.getAccount("ada")).toEqual(account("ada"))
  })

  it("keeps a hint over whatever a poll saves", async () => {
    const { store } = subject()
    await store.createAccount(account("ada"))
    await store.acquireLease("ada", "one", T0, T0 + 60_000)
    await store.claimHint("ada", T0, 10_000)
    await store.saveProgress("ada", "one", { demand: 1 }, true)
    await store.setWishes("ada", { paused: true })
    expect(await store.claimHint("ada", T0 + 1, 10_000)).toBe(false)
  })
}
