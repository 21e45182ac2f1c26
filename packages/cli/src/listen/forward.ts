import type { PosthornEvent } from "@posthorn/sdk"

import { CliError, exitCodes } from "../exit.ts"
import { sleep } from "../follow-events.ts"
import { post } from "./post.ts"
import type { OnTry } from "./tell.ts"

const AGAIN_FIRST_MS = 1_000
const AGAIN_MAX_MS = 30_000
/** With --skip-failed: tries before an event is left behind. */
const SKIP_TRIES = 3

interface ForwardOptions {
  url: string
  secret: Uint8Array
  skipFailed: boolean
  signal: AbortSignal
  onTry: OnTry
}

/**
 * Sends one event until the receiver takes it: nothing goes past an event that failed, so that a receiver that is down loses none. With
 * `skipFailed` it is given up after a few tries. The try that is under way at Ctrl-C is finished.
 */
export const forward = async (
  event: PosthornEvent,
  { url, secret, skipFailed, signal, onTry }: ForwardOptions,
): Promise<"delivered" | "skipped" | "interrupted"> => {
  const body = JSON.stringify(event)
  for (let attempt = 1; ; attempt++) {
    const outcome = await post(url, { eventId: event.id, body, secret })
    if (outcome.error === null) {
      onTry(outcome, attempt, null)
      return "delivered"
    }
    if (outcome.status === 410 && !skipFailed) {
      onTry(outcome, attempt, null)
      throw new CliError(
        "The receiver answered 410, which a deployment takes as: never send here again. To go past this event, pass --skip-failed.",
        exitCodes.failed,
      )
    }
    if (skipFailed && attempt === SKIP_TRIES) {
      onTry(outcome, attempt, null)
      return "skipped"
    }
    const backoffMs = Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** (attempt - 1))
    const waitMs = Math.max(backoffMs, outcome.retryAfterMs ?? 0)
    onTry(outcome, attempt, waitMs)
    await sleep(waitMs, signal)
    if (signal.aborted) return "interrupted"
  }
}
