import type { ReactNode } from "react"

import type { Endpoint } from "../../api/resources.ts"
import { countText } from "../../components/count-text.ts"
import { useNow } from "../../components/now.ts"
import { Time } from "../../components/time.tsx"
import { isWaiting } from "../../components/states.ts"

const heldText = (count: number): string => countText(count, "delivery", "deliveries")

/** Whether `resume` would change anything. */
export const isStopped = (endpoint: Endpoint, now: number): boolean =>
  endpoint.status !== "enabled" || endpoint.circuit.state === "open" || isWaiting(endpoint, now)

/** How the endpoint is, what that means, and what to do about it. */
export const EndpointWords = ({ endpoint }: { endpoint: Endpoint }) => {
  const now = useNow()
  const { tone, words } = wordsOf(endpoint, now)
  return (
    <div className={`state state-${tone}`}>
      {words}
      {endpoint.previousSecretExpiresAt !== null && (
        <p>
          The old secret signs beside the new one until <Time at={endpoint.previousSecretExpiresAt} as="both" />.
        </p>
      )}
    </div>
  )
}

const wordsOf = (endpoint: Endpoint, now: number): { tone: "good" | "warn" | "bad"; words: ReactNode } => {
  const { circuit, heldCount } = endpoint
  const held = heldCount === 0 ? null : <p>{heldText(heldCount)} held.</p>
  if (endpoint.disabledReason === "gone")
    return {
      tone: "bad",
      words: (
        <>
          <p>
            <strong>Disabled: gone.</strong> At <Time at={endpoint.disabledAt} as="both" /> the receiver answered 410,
            which says that it wants nothing more. What was open was cancelled, and new events make no deliveries.
          </p>
          <p>
            If that is a mistake: Resume, then Replay since then, which brings what it missed. A new URL enables it,
            too.
          </p>
        </>
      ),
    }
  if (endpoint.status === "disabled")
    return {
      tone: "bad",
      words: (
        <>
          <p>
            <strong>Disabled: failing.</strong> Posthorn stopped trying at <Time at={endpoint.disabledAt} as="both" />,
            after five days of nothing but failures. Nothing is lost: deliveries are made, and held.
          </p>
          {held}
          <p>Once the receiver works again: Resume, and what is held goes out, slowly at first.</p>
        </>
      ),
    }
  if (endpoint.status === "paused")
    return {
      tone: "warn",
      words: (
        <p>
          <strong>Paused.</strong>{" "}
          {heldCount === 0
            ? "New deliveries are held until you resume it."
            : `${heldText(heldCount)} held, until you resume it.`}
        </p>
      ),
    }
  if (circuit.state === "open")
    return {
      tone: "bad",
      words: (
        <>
          <p>
            <strong>Failing: the circuit is open</strong> since <Time at={circuit.openedAt} as="both" />. The last
            attempts all failed, so that Posthorn holds the others, which uses up none of their attempts, and asks with
            one at a time whether the receiver is back.
          </p>
          {held}
          <p>
            The next try is <NextTry at={circuit.nextProbeAt} now={now} />. Resume does not wait for it.
          </p>
        </>
      ),
    }
  if (isWaiting(endpoint, now))
    return {
      tone: "warn",
      words: (
        <>
          <p>
            <strong>Asked to wait.</strong> The receiver answered with Retry-After: nothing is sent to it before{" "}
            <Time at={endpoint.notBefore} as="both" />, and what is held then goes out by itself.
          </p>
          {held}
        </>
      ),
    }
  if (circuit.state === "ramping")
    return {
      tone: "warn",
      words: (
        <>
          <p>
            <strong>Recovering.</strong> The receiver is back. What was held goes out, one a second at first, then
            faster.
          </p>
          {held}
        </>
      ),
    }
  return {
    tone: "good",
    words: (
      <p>
        <strong>Enabled.</strong> Events are sent as they come.
        {heldCount > 0 && ` ${heldText(heldCount)} of a replay or behind others wait their turn.`}
      </p>
    ),
  }
}

/** A probe whose time has come is on its way. */
const NextTry = ({ at, now }: { at: string | null; now: number }) =>
  at === null || Date.parse(at) <= now ? <>under way</> : <Time at={at} as="ago" />
