import { describe, expect, it } from "vitest"

import { paceOf } from "./pace.ts"
import { account, T } from "./test-samples.ts"

const settings = { intervalMs: 60_000, requestsPerMinute: 60 }
const many = (count: number, over: Parameters<typeof account>[0] = {}) =>
  Array.from({ length: count }, () => account(over))

describe("the pace of an account", () => {
  it("is its own interval, else the deployment's", () => {
    const [slow, fast, other] = [account({ pollSeconds: 3_600 }), account({ pollSeconds: 10 }), account()]
    const pace = paceOf([slow, fast, other], null, settings, T)
    expect(pace(slow)).toEqual({ intervalMs: 3_600_000, stretched: null })
    expect(pace(fast)).toEqual({ intervalMs: 10_000, stretched: null })
    expect(pace(other)).toEqual({ intervalMs: 60_000, stretched: null })
  })

  it("is stretched where there are too many, the shortest first, and says so", () => {
    const [slow, fast] = [account({ pollSeconds: 3_600 }), account({ pollSeconds: 1 })]
    const pace = paceOf([slow, fast, ...many(46)], null, settings, T)
    expect(pace(slow)).toEqual({ intervalMs: 3_600_000, stretched: null })
    expect(pace(fast).intervalMs).toBe(pace(account()).intervalMs)
    expect(pace(fast).stretched).toBe("Polled every 118 s instead of 1 s: 48 accounts share 48 requests a minute.")
  })

  it("is not stretched by accounts that are paused", () => {
    const pace = paceOf([account(), ...many(100, { paused: true })], null, settings, T)
    expect(pace(account())).toEqual({ intervalMs: 60_000, stretched: null })
  })
})
