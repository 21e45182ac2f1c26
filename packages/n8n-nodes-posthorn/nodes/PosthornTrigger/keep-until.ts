import type { IDataObject } from "n8n-workflow"

import { isObject } from "./settings"

/** What Posthorn saw is published within a minute, and later only while its bus is down. */
const LATE_MS = 3_600_000
/** 2026-11-14T23:46:40, and no fractions. */
const SECONDS_LENGTH = 19

type Before = { prefix: string }[]

/**
 * An endpoint's filter, narrowed to what Posthorn has seen before an instant, however late that is fanned out. EventBridge patterns cannot
 * compare times, but a time is earlier exactly if one of its digits is smaller and those in front are the same: some prefixes, at most 9 for
 * each digit. `now` and `until` are Unix ms, `until` is rounded up to whole seconds. Null where the filter speaks of these fields itself.
 */
export const keepUntil = (
  filter: IDataObject | null,
  eventTypes: readonly string[],
  { now, until }: { now: number; until: number },
): IDataObject | null => {
  const before = prefixesBetween(now - LATE_MS, until)
  const data = isObject(filter?.["data"]) ? filter["data"] : {}
  // Types of one's own and those about the relay have no seenAt, and their timestamp says the same.
  const others = eventTypes.filter((type) => type !== "*" && !/^(message|conversation|account)\./.test(type))
  const clause: IDataObject =
    others.length === 0
      ? { data: { ...data, seenAt: before } }
      : others.length === eventTypes.length
        ? { timestamp: before }
        : { $or: [{ data: { seenAt: before } }, { type: others, timestamp: before }] }
  const isTaken = Object.keys(clause).some((name) => name !== "data" && filter?.[name] !== undefined)
  return isTaken || data["seenAt"] !== undefined ? null : { ...filter, ...clause }
}

/** Of all times from `from` on and before `until`, and of some before. */
const prefixesBetween = (from: number, until: number): Before => {
  const [low, high] = [from, Math.ceil(until / 1000) * 1000].map((at) => new Date(at).toISOString()) as [string, string]
  const prefixes: Before = []
  const first = [...high].findIndex((digit, index) => digit !== low[index])
  for (let at = first; at < SECONDS_LENGTH; at++)
    for (let digit = at === first ? Number(low[at]) : 0; digit < Number(high[at]); digit++)
      prefixes.push({ prefix: high.slice(0, at) + digit })
  return prefixes
}
