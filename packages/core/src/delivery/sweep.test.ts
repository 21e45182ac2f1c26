import { afterEach, beforeEach, expect, it } from "vitest"

import { derivedId } from "../id.ts"
import { BATCH_MAX } from "../ports.ts"
import { newDelivery } from "./plan.ts"
import { sweep } from "./sweep.ts"
import { createWorld, ENDPOINT_ID, type World } from "./test-world.ts"

let world: World
beforeEach(async () => {
  world = await createWorld()
  await world.addEndpoint()
})
afterEach(() => world.store.close())

/** Deliveries whose retry is due. */
const dueDeliveries = async (count: number): Promise<string[]> => {
  const ids = Array.from({ length: count }, (_, index) => derivedId("event", "due", String(index)))
  await Promise.all(
    ids.map((eventId, index) => {
      const place = { eventId, endpointId: ENDPOINT_ID, log: "acc", position: index + 1 }
      const row = newDelivery(place, { type: "message.received", accountId: "acc" }, world.now)
      const work = { kind: "due" as const, at: world.now - 1 }
      return world.store.putDelivery({ ...row, version: 1, status: "retrying", attemptCount: 1, work }, null)
    }),
  )
  return ids
}
const woken = (): string[] => world.sent.flatMap(({ body }) => ("eventId" in body ? [body.eventId] : []))
const dueAt = async (eventId: string): Promise<number> => {
  const work = (await world.store.getDelivery(eventId, ENDPOINT_ID))?.work
  return work?.kind === "due" ? work.at : 0
}

it("works through a backlog of thousands at once, in full batches, and sends none of it twice", async () => {
  const ids = await dueDeliveries(3_000)
  const sizes: number[] = []
  const { queue } = world.deps
  world.deps.queue = {
    send: (messages) => {
      sizes.push(messages.length)
      return queue.send(messages)
    },
  }
  await sweep(world.deps)
  await sweep(world.deps)
  expect(woken().sort()).toEqual(ids.sort())
  expect(Math.max(...sizes)).toBe(BATCH_MAX)
  expect(sizes.length).toBeLessThan(ids.length / 5)
})

it("leaves the entry of a message that the queue refused where it is, and moves the others of its batch", async () => {
  const ids = await dueDeliveries(40)
  const refused = ids.slice(0, 15)
  const { queue } = world.deps
  world.deps.queue = {
    send: async (messages) => {
      await queue.send(messages)
      return messages.map(({ body }) => ("eventId" in body && refused.includes(body.eventId) ? "throttled" : null))
    },
  }
  await sweep(world.deps)
  for (const id of ids) expect((await dueAt(id)) > world.now, id).toBe(!refused.includes(id))
})

it("is not stopped by a row that cannot be read, and says so at the end", async () => {
  const ids = await dueDeliveries(40)
  const { store } = world
  world.deps.store = {
    ...store,
    getDelivery: async (eventId, endpointId) => {
      if (eventId === ids[0]) throw new Error("unreadable")
      return await store.getDelivery(eventId, endpointId)
    },
  }
  await expect(sweep(world.deps)).rejects.toThrow("unreadable")
  expect(woken()).toHaveLength(39)
})

it("ends when its time is over, and leaves the rest to the next", async () => {
  await dueDeliveries(400)
  const { queue } = world.deps
  world.deps.queue = {
    send: (messages) => {
      world.now += 10_000
      return queue.send(messages)
    },
  }
  await sweep(world.deps)
  const first = woken().length
  expect(first).toBeLessThan(200)
  world.deps.queue = queue
  await sweep(world.deps)
  expect(new Set(woken()).size).toBe(400)
})
