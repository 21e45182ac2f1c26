import type { Fetch } from "@posthorn/sdk"

import { duration } from "../text.ts"
import { type Finding, fail, ok, warn } from "./finding.ts"

/** A `Date` header is right to a second, and an answer is on its way for a while. */
const NOTICED_MS = 10_000
/** Receivers refuse a webhook that is so far off (Standard Webhooks' libraries). */
const REFUSED_MS = 300_000

/** What a server's `Date` headers say about its clock. */
export interface ClockWatch {
  fetch: Fetch
  /** How far this machine is ahead of the server, in ms; null where no answer had a date. */
  aheadMs: () => number | null
}

/** A `fetch` that looks at the `Date` of each answer and keeps what the quickest said. */
export const watchClock = (inner: Fetch = (url, init) => fetch(url, init)): ClockWatch => {
  let best: { tookMs: number; aheadMs: number } | null = null
  return {
    fetch: async (url, init) => {
      const before = Date.now()
      const response = await inner(url, init)
      const tookMs = Date.now() - before
      const date = Date.parse(response.headers.get("date") ?? "")
      // The header is cut to the second: on average half of one later.
      const aheadMs = before + tookMs / 2 - (date + 500)
      if (!Number.isNaN(aheadMs) && (best === null || tookMs < best.tookMs)) best = { tookMs, aheadMs }
      return response
    },
    aheadMs: () => best?.aheadMs ?? null,
  }
}

/** This machine's clock against another's. */
export const judgeClock = (whose: string, aheadMs: number | null): Finding => {
  if (aheadMs === null)
    return warn(
      "clock",
      `${whose} says no time.`,
      "Something in between takes the Date header away; compare clocks by hand.",
    )
  const off = Math.abs(aheadMs)
  if (off < NOTICED_MS) return ok("clock", `Right, by that of ${whose}.`)
  const message = `This machine's clock is ${duration(aheadMs)} ${aheadMs > 0 ? "ahead of" : "behind"} that of ${whose}.`
  const fix = "Set the one that is wrong by NTP (timedatectl set-ntp true)."
  if (off < REFUSED_MS) return warn("clock", message, fix)
  return fail("clock", message, `${fix} Receivers refuse webhooks that are 5 minutes off.`)
}
