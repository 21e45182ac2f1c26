import { type CaughtEvent, type Client, PosthornError } from "@posthorn/sdk"

import { plain } from "./text.ts"

const AGAIN_FIRST_MS = 1_000
const AGAIN_MAX_MS = 30_000

interface FollowOptions {
  /** A bookmark, an event's id, start or now. */
  after: string
  everyMs: number
  /** Ends when there is nothing more. */
  once: boolean
  /** Called when everything was shown, with a bookmark that covers it. */
  onCaughtUp?: (bookmark: string) => void
}

interface FollowDeps {
  client: Client
  signal: AbortSignal
  note: (text: string) => void
}

/**
 * Events as they come, until the signal: then it ends. A deployment that was there and goes away is waited for, and the walk goes on
 * where it was; one that is not there at the begin, or refuses, is an error.
 */
export async function* followEvents(
  { after, everyMs, once, onCaughtUp }: FollowOptions,
  { client, signal, note }: FollowDeps,
): AsyncGenerator<CaughtEvent, void, undefined> {
  let place = after
  const seen = { isThere: false, failures: 0 }
  const reached = (bookmark: string): void => {
    if (seen.failures > 0) note("The deployment is back.")
    place = bookmark
    Object.assign(seen, { isThere: true, failures: 0 })
  }
  for (;;) {
    try {
      const walk = client.events.catchUp({
        after: place,
        follow: !once,
        pollMs: everyMs,
        signal,
        onCaughtUp: (bookmark) => {
          reached(bookmark)
          onCaughtUp?.(bookmark)
        },
      })
      for await (const caught of walk) {
        yield caught
        reached(caught.bookmark)
        if (isEnded(signal)) return
      }
      return
    } catch (error) {
      if (isEnded(signal)) return
      if (!seen.isThere || !isWeather(error)) throw error
      const waitMs = Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** seen.failures)
      seen.failures++
      if (seen.failures === 1) note(`${plain(error.detail)} Trying again until it is back.`)
      await sleep(waitMs, signal)
      if (isEnded(signal)) return
    }
  }
}

/** Asked anew each time: it changes while one waits. */
export const isEnded = (signal: AbortSignal): boolean => signal.aborted

const isWeather = (error: unknown): error is PosthornError =>
  error instanceof PosthornError && (error.status === null || error.status === 429 || error.status >= 500)

/** Resolves early when the signal ends it. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener("abort", end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener("abort", end, { once: true })
    if (signal.aborted) end()
  })
