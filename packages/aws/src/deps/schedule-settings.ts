import type { ScheduleSettings } from "@posthorn/core/poll/pace"
import { SECOND_MS } from "@posthorn/core/time"

import { settings } from "../runtime.ts"

export const scheduleSettings = (): ScheduleSettings => {
  const { pollSeconds, requestsPerMinute, accountIds } = settings()
  return { intervalMs: pollSeconds * SECOND_MS, requestsPerMinute, accountIds }
}
