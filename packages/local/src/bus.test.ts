import { describe, expect, it } from "vitest"

import type { BusEntry } from "@posthorn/core/ports"

import { createLocalBus } from "./bus.ts"

const entry = (position: number) => ({ log: "ada", position, event: {} }) as BusEntry

describe("the bus in process", () => {
  it("answers when every subscriber has finished with the entry", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const seen: string[] = []
    const bus = createLocalBus([
      async ({ position }) => {
        await promise
        seen.push(`slow ${position}`)
      },
      async ({ position }) => {
        seen.push(`fast ${position}`)
      },
    ])
    const answer = bus.publish([entry(1)]).then((answers) => {
      seen.push("answered")
      return answers
    })
    await Promise.resolve()
    expect(seen).toEqual(["fast 1"])
    resolve(undefined)
    expect(await answer).toEqual([null])
    expect(seen).toEqual(["fast 1", "slow 1", "answered"])
  })

  it("answers for each entry in order, and refuses the one whose subscriber throws, for now", async () => {
    const seen: number[] = []
    const bus = createLocalBus([
      ({ position }) => {
        if (position === 2) throw new Error("no room")
        return Promise.resolve()
      },
      async ({ position }) => {
        seen.push(position)
      },
    ])
    expect(await bus.publish([entry(1), entry(2), entry(3)])).toEqual([
      null,
      { message: "no room", permanent: false },
      null,
    ])
    expect(seen).toEqual([1, 2, 3])
  })

  it("starts with the entries in order", async () => {
    const seen: number[] = []
    const bus = createLocalBus([async ({ position }) => void seen.push(position)])
    await bus.publish(Array.from({ length: 10 }, (_, index) => entry(index)))
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it("takes nothing without entries, everything without subscribers, and no more than a batch", async () => {
    const bus = createLocalBus([])
    expect(await bus.publish([])).toEqual([])
    expect(await bus.publish([entry(1)])).toEqual([null])
    await expect(bus.publish(Array.from({ length: 11 }, (_, index) => entry(index)))).rejects.toThrow(RangeError)
  })
})
