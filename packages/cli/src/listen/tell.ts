import type { CaughtEvent } from "@posthorn/sdk"

import { eventLine } from "../event-line.ts"
import type { Output } from "../output.ts"
import { duration } from "../text.ts"
import type { Outcome } from "./post.ts"

/** Told of each try; `waitMs` is null where none follows. */
export type OnTry = (outcome: Outcome, attempt: number, waitMs: number | null) => void

/** Says how the tries of each event went. */
export const createTell = (
  output: Output,
  { isSecretMade }: { isSecretMade: boolean },
): ((caught: CaughtEvent) => OnTry) => {
  let isSecretExplained = !isSecretMade
  return ({ event, bookmark }) =>
    ({ status, durationMs, error, retryAfterMs }, attempt, waitMs) => {
      const isTaken = error === null
      const mark = output.colour(isTaken ? "green" : "red", isTaken ? "✓" : "✗")
      const answer = `${String(status ?? "---")} ${`${String(durationMs)} ms`.padStart(8)}`
      output.result(
        {
          event,
          attempt,
          outcome: isTaken ? "delivered" : "failed",
          status,
          durationMs,
          error,
          bookmark: isTaken ? bookmark : null,
        },
        `${mark} ${answer}  ${eventLine(event)}`,
      )
      if (isTaken) return
      const asked = waitMs !== null && waitMs === retryAfterMs ? ", as its Retry-After asks" : ""
      output.note(
        waitMs === null ? `  ${error}` : `  ${error} Again in ${duration(waitMs)}${asked}; nothing goes past it.`,
      )
      if (isSecretExplained || (status !== 401 && status !== 403)) return
      isSecretExplained = true
      output.note(
        "  Does it know the secret? Each run makes a new one. Give it the one printed above, or say which with --secret or POSTHORN_SECRET.",
      )
    }
}
