import type { SlotStore } from "@posthorn/core/ports"
import { DAY_MS, SECOND_MS } from "@posthorn/core/time"
import * as z from "zod"

import type { Access } from "./access.ts"
import { slotKey, TTL } from "./keys.ts"

/** Renewed with every turn, and far longer than turns are ever given out ahead. */
const KEPT_MS = 30 * DAY_MS
/** A turn that is free only rises: after two refusals the third try finds it ahead. More are for an item that expires in between. */
const TRIES_MAX = 6

/** `nextAt`: the next turn that nobody has. */
export const slotStore = (table: Access): SlotStore => ({
  async takeSlot(endpointId, now, intervalMs) {
    const key = slotKey(endpointId)
    const expires = { [TTL]: Math.ceil((now + KEPT_MS) / SECOND_MS) }
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const isBehindOthers = tries % 2 === 0
      const taken = isBehindOthers
        ? await table.update(
            key,
            { set: expires, add: { nextAt: intervalMs } },
            { expression: "nextAt >= :now", values: { ":now": now } },
          )
        : await table.update(
            key,
            { set: { ...expires, nextAt: now + intervalMs } },
            { expression: "attribute_not_exists(nextAt) OR nextAt < :now", values: { ":now": now } },
          )
      if (taken !== null) return z.number().parse(taken.nextAt) - intervalMs
    }
    throw new Error(`no turn for endpoint ${endpointId} after ${TRIES_MAX} tries`)
  },
})
