import { type Instant, MINUTE_MS } from "@posthorn/core/time"
import * as z from "zod"

/** As infra/every-minute.ts has EventBridge Scheduler fill it in: `2026-11-22T10:00:00Z`. */
const Tick = z.object({ scheduledTime: z.iso.datetime() })

/** No event is so late (nor a clock so wrong): whoever invokes the function by hand may have written anything. */
const OFF_MS_MAX = 10 * MINUTE_MS

/** The instant that a tick is for; `now` where the event tells none, or an absurd one. */
export const scheduledAt = (event: unknown, now: Instant): Instant => {
  const { data } = Tick.safeParse(event)
  const at = data === undefined ? now : Date.parse(data.scheduledTime)
  return Math.abs(at - now) <= OFF_MS_MAX ? at : now
}
