import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"

import { createAlarm, setTimerBy } from "./alarm.ts"

describe("the alarm", () => {
  beforeEach(() => vi.useFakeTimers({ now: 0 }))
  afterEach(() => vi.useRealTimers())
  const setTimer = setTimerBy({ now: () => Date.now(), sleep: async () => {} })

  it("rings by the soonest instant that was asked for, once", () => {
    const rung: number[] = []
    const alarm = createAlarm(setTimer, () => rung.push(Date.now()))
    for (const at of [300, 100, 200]) alarm.by(at)
    vi.advanceTimersByTime(1_000)
    expect(rung).toEqual([100])
    alarm.by(1_500)
    vi.advanceTimersByTime(1_000)
    expect(rung).toEqual([100, 1_500])
  })

  it("does not ring when it was called off", () => {
    const rung: number[] = []
    const alarm = createAlarm(setTimer, () => rung.push(Date.now()))
    alarm.by(100)
    alarm.cancel()
    vi.advanceTimersByTime(1_000)
    expect(rung).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it("rings at once for what is past", () => {
    const rung: number[] = []
    createAlarm(setTimer, () => rung.push(Date.now())).by(-5)
    vi.advanceTimersByTime(1)
    expect(rung).toHaveLength(1)
  })

  it("waits as long as the system's timer can for what is months away, not for no time at all", () => {
    const wait = vi.spyOn(globalThis, "setTimeout")
    setTimer(2 ** 40, () => {})
    expect(wait).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1)
  })
})
