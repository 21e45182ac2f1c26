import type { IDataObject } from "n8n-workflow"

import { isObject } from "./settings"

/** Before there was a Posthorn. What it has seen is asked for however old it is: a replay may be at work when the workflow goes off. */
const FIRST = "2020-01-01T00:00:00"
/** 2026-11-14T23:46:40, and no fractions. */
const SECONDS_LENGTH = 19

type Before = { prefix: string }[]

/**
 * An endpoint's filter, narrowed to what Posthorn has seen before an instant, however late that is fanned out. EventBridge patterns cannot
 * compare times, but a time is earlier exactly if one of its digits is smaller and those in front are the same: some prefixes, at most 9 for
 * each digit. `until` is Unix ms, rounded up to whole seconds. Null where the filter speaks of these fields itself.
 */
export const keepUntil = (
  filter: IDataObject | null,
  eventTypes: readonly string[],
  until: number,
): IDataObject | null => {
  const before = prefixesBefore(until)
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

/** Of all times from FIRST on. */
const prefixesBefore = (until: number): Before => {
  const high = new Date(Math.ceil(until / 1000) * 1000).toISOString()
  const prefixes: Before = []
  const first = [...high].findIndex((digit, index) => digit !== FIRST[index])
  for (let at = first; at < SECONDS_LENGTH; at++)
    for (let digit = at === first ? Number(FIRST[at]) : 0; digit < Number(high[at]); digit++)
      prefixes.push({ prefix: high.slice(0, at) + digit })
  return prefixes
}
