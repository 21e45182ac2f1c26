import { expect, it } from "vitest"

import { ATTEMPTS_KEPT, type Attempt } from "@posthorn/core/delivery"
import { derivedId } from "@posthorn/core/id"

import type { Subject } from "../store-contract.ts"
import { delivery, endpointId, eventId, successes, T0 } from "../rows.ts"

const E = eventId("e")
const P = endpointId("p")

const attempt = (number: number): Attempt => ({
  id: derivedId("attempt", String(number)),
  number,
  trigger: "schedule",
  startedAt: T0 + number,
  durationMs: 12,
  outcome: "failed",
  errorKind: "http_status",
  errorMessage: null,
  responseStatus: 500,
  retryAfterSeconds: null,
  responseBody: "é".repeat(512),
  responseBodyTruncated: true,
})

export const deliveryContract = (subject: () => Subject): void => {
  it("gives back what was put, and null where there is nothing", async () => {
    const { store } = subject()
    const row = delivery(E, P, {
      status: "retrying",
      statusReason: "circuit_open",
      accountId: null,
      attempts: [attempt(1), { ...attempt(2), outcome: "succeeded", errorKind: null, responseBody: null }],
      attemptCount: 2,
      scheduledAttempts: 1,
      trigger: "probe",
      claim: { id: "claim", number: 3, trigger: "manual", startedAt: T0 + 1, until: T0 + 45_000 },
      released: 7,
      slot: T0 + 6,
      jobId: derivedId("job", "contract"),
      nextAttemptAt: T0 + 2,
      work: { kind: "due", at: T0 + 3 },
      finishedAt: T0 + 4,
      expiresAt: T0 + 5,
    })
    expect(await store.getDelivery(E, P)).toBeNull()
    expect(await store.putDelivery(row, null)).toBe(true)
    expect(await store.getDelivery(E, P)).toEqual(row)
    expect(await store.getDelivery(E, endpointId("other"))).toBeNull()
    expect(await store.getDelivery(eventId("other"), P)).toBeNull()
  })

  it("keeps a row with as many attempts as it may have", async () => {
    const { store } = subject()
    const row = delivery(E, P, { attempts: Array.from({ length: ATTEMPTS_KEPT }, (_, index) => attempt(index)) })
    await store.putDelivery(row, null)
    expect(await store.getDelivery(E, P)).toEqual(row)
  })

  it.each([
    null,
    { kind: "due", at: T0 } as const,
    { kind: "held", replay: false, at: T0 } as const,
    { kind: "held", replay: true, at: T0 } as const,
    { kind: "failed", at: T0 } as const,
  ])("goes from every kind of work to %j", async (work) => {
    const { store } = subject()
    const before = [
      null,
      { kind: "due", at: T0 + 1 },
      { kind: "held", replay: true, at: T0 },
      { kind: "failed", at: T0 },
    ] as const
    for (const [index, from] of before.entries()) {
      const id = eventId(index)
      await store.putDelivery(delivery(id, P, { work: from }), null)
      expect(await store.putDelivery(delivery(id, P, { version: 2, work }), 1)).toBe(true)
      expect(await store.getDelivery(id, P)).toEqual(delivery(id, P, { version: 2, work }))
    }
  })

  it("writes only over the version that was read", async () => {
    const { store } = subject()
    expect(await store.putDelivery(delivery(E, P, { version: 2 }), 1)).toBe(false)
    expect(await store.getDelivery(E, P)).toBeNull()
    await store.putDelivery(delivery(E, P), null)
    expect(await store.putDelivery(delivery(E, P, { attemptCount: 1 }), null)).toBe(false)
    expect(await store.putDelivery(delivery(E, P, { version: 3, attemptCount: 1 }), 2)).toBe(false)
    expect(await store.getDelivery(E, P)).toEqual(delivery(E, P))
    expect(await store.putDelivery(delivery(E, P, { version: 2, attemptCount: 1 }), 1)).toBe(true)
    expect(await store.getDelivery(E, P)).toEqual(delivery(E, P, { version: 2, attemptCount: 1 }))
  })

  it("of 20 parallel first claims one succeeds", async () => {
    const { store } = subject()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.putDelivery(delivery(E, P, { attemptCount: index }), null)),
    )
    expect(successes(answers)).toBe(1)
    expect((await store.getDelivery(E, P))?.attemptCount).toBe(answers.indexOf(true))
  })

  it("of 20 parallel writers over one version one succeeds", async () => {
    const { store } = subject()
    await store.putDelivery(delivery(E, P), null)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.putDelivery(delivery(E, P, { version: 2, attemptCount: index }), 1),
      ),
    )
    expect(successes(answers)).toBe(1)
    expect((await store.getDelivery(E, P))?.attemptCount).toBe(answers.indexOf(true))
  })

  it("keeps a finished row whose time to live is over", async () => {
    const { store } = subject()
    const row = delivery(E, P, { status: "succeeded", finishedAt: 1, expiresAt: 2, createdAt: 1 })
    await store.putDelivery(row, null)
    expect(await store.getDelivery(E, P)).toEqual(row)
  })

  it("does not share its rows with those who put or got them", async () => {
    const { store } = subject()
    const row = delivery(E, P, { attempts: [attempt(1)] })
    await store.putDelivery(row, null)
    row.attempts.pop()
    row.status = "cancelled"
    expect(await store.getDelivery(E, P)).toEqual(delivery(E, P, { attempts: [attempt(1)] }))
  })
}
