import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { endpoint, endpointId, eventId, successes, T0 } from "../rows.ts"

export const endpointContract = (subject: () => Subject): void => {
  it("gives back what was put, and null where there is nothing", async () => {
    const { store } = subject()
    const row = endpoint(endpointId(1), {
      description: "CRM",
      eventTypes: ["message.received", "ping"],
      filter: { all: [{ path: "data.message.text", contains: "hello" }, { not: { any: [] } }, null, true, 1.5] },
      format: "slack",
      ordering: "conversation",
      headers: { "x-token": "sealed" },
      rateLimit: 20,
      metadata: { team: "sales" },
      secrets: [
        { sealed: "new", expiresAt: null },
        { sealed: "old", expiresAt: T0 + 1 },
      ],
      rotatedAt: T0 + 8,
      status: "disabled",
      disabledReason: "failing",
      disabledAt: T0 + 2,
      circuit: {
        state: "open",
        openedAt: T0 + 3,
        nextProbeAt: T0 + 4,
        failures: 6,
        failedDeliveries: ["aaaaaaaaaaa", "bbbbbbbbbbb"],
        failingSince: T0 + 2,
        failedProbes: 2,
        rate: null,
      },
      releaser: { tick: 12, at: T0 + 6, out: [eventId(1), eventId(2)] },
      enabledAt: T0 + 7,
      notBefore: T0 + 5,
      requestHash: "hash",
    })
    expect(await store.getEndpoint(row.id)).toBeNull()
    expect(await store.putEndpoint(row, null)).toBe(true)
    expect(await store.getEndpoint(row.id)).toEqual(row)
    expect(await store.listEndpoints()).toEqual([row])
  })

  it("writes only over the version that was read", async () => {
    const { store } = subject()
    const id = endpointId(1)
    expect(await store.putEndpoint(endpoint(id, { version: 2 }), 1)).toBe(false)
    expect(await store.getEndpoint(id)).toBeNull()
    await store.putEndpoint(endpoint(id), null)
    expect(await store.putEndpoint(endpoint(id, { url: "https://other.example" }), null)).toBe(false)
    expect(await store.putEndpoint(endpoint(id, { version: 3 }), 2)).toBe(false)
    expect(await store.getEndpoint(id)).toEqual(endpoint(id))
    expect(await store.putEndpoint(endpoint(id, { version: 2, status: "paused" }), 1)).toBe(true)
    expect(await store.getEndpoint(id)).toEqual(endpoint(id, { version: 2, status: "paused" }))
    expect(await store.listEndpoints()).toEqual([endpoint(id, { version: 2, status: "paused" })])
  })

  it("of 20 parallel writers over one version one succeeds", async () => {
    const { store } = subject()
    const id = endpointId(1)
    await store.putEndpoint(endpoint(id), null)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.putEndpoint(endpoint(id, { version: 2, description: String(index) }), 1),
      ),
    )
    expect(successes(answers)).toBe(1)
    expect((await store.getEndpoint(id))?.description).toBe(String(answers.indexOf(true)))
  })

  it("lists by creation, then id", async () => {
    const { store } = subject()
    const ids = [endpointId("a"), endpointId("b"), endpointId("c")].sort()
    await store.putEndpoint(endpoint(ids[2]!, { createdAt: T0 + 5 }), null)
    await store.putEndpoint(endpoint(ids[1]!, { createdAt: T0 + 5 }), null)
    await store.putEndpoint(endpoint(ids[0]!, { createdAt: T0 + 9 }), null)
    expect((await store.listEndpoints()).map(({ id }) => id)).toEqual([ids[1], ids[2], ids[0]])
  })

  it("lists 100 of them whole", async () => {
    const { store } = subject()
    const ids = Array.from({ length: 100 }, (_, index) => endpointId(index))
    for (const [index, id] of ids.entries()) {
      await store.putEndpoint(endpoint(id, { createdAt: T0 + index, description: "x".repeat(4_000) }), null)
    }
    expect((await store.listEndpoints()).map(({ id }) => id)).toEqual(ids)
  })

  it("finds a deleted endpoint, but does not list it", async () => {
    const { store } = subject()
    const id = endpointId(1)
    expect(await store.listEndpoints()).toEqual([])
    await store.putEndpoint(endpoint(id), null)
    expect(await store.listEndpoints()).toEqual([endpoint(id)])
    await store.putEndpoint(endpoint(id, { version: 2, deletedAt: T0 + 1 }), 1)
    expect(await store.getEndpoint(id)).toEqual(endpoint(id, { version: 2, deletedAt: T0 + 1 }))
    expect(await store.listEndpoints()).toEqual([])
    expect(await store.listDeletedEndpoints()).toEqual([endpoint(id, { version: 2, deletedAt: T0 + 1 })])
    expect(await store.putEndpoint(endpoint(id), null)).toBe(false)
  })

  it("hands out rows that nobody can change behind its back", async () => {
    const { store } = subject()
    const row = endpoint(endpointId(1))
    await store.putEndpoint(row, null)
    row.url = "https://changed.example"
    row.eventTypes.push("ping")
    const tamper = (found: typeof row | undefined): void => {
      try {
        found!.circuit.state = "open"
      } catch {
        // A frozen row is as good as a copy.
      }
    }
    tamper((await store.getEndpoint(row.id)) ?? undefined)
    tamper((await store.listEndpoints())[0])
    expect(await store.getEndpoint(row.id)).toEqual(endpoint(row.id))
    const listed = await store.listEndpoints()
    listed.pop()
    expect(await store.listEndpoints()).toEqual([endpoint(row.id)])
  })
}
