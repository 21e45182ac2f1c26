import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"

import { endpointsQuery } from "../../api/queries.ts"
import type { Attempt, DeliveryWithAttempts } from "../../api/resources.ts"
import { Badge } from "../../components/badge.tsx"
import { Card } from "../../components/page.tsx"
import { Time } from "../../components/time.tsx"
import { spanText } from "../../components/time-text.ts"
import { Excerpt, Untrusted } from "../../components/untrusted.tsx"
import { errorWords, standing, triggerWords } from "./delivery-words.ts"

/** An endpoint has so long to answer. */
const DEADLINE_MS = 15_000

/** What was tried, on a line of time, and what comes next. */
export const Attempts = ({ delivery }: { delivery: DeliveryWithAttempts }) => {
  const { attempts, attemptCount } = delivery
  return (
    <Card title="Attempts">
      {attemptCount > attempts.length && (
        <p className="muted">
          {attemptCount.toLocaleString()} attempts were made; the newest {attempts.length} are kept and shown.
        </p>
      )}
      <ol className="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.id} className={`attempt attempt-${attempt.outcome}`}>
            <AttemptShown attempt={attempt} />
          </li>
        ))}
        <li className="attempt attempt-next">
          <Next delivery={delivery} />
        </li>
      </ol>
      <details>
        <summary>What makes an attempt happen</summary>
        <dl className="triggers">
          {Object.entries(triggerWords).map(([trigger, words]) => (
            <div key={trigger}>
              <dt>{trigger}</dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Card>
  )
}

const AttemptShown = ({ attempt }: { attempt: Attempt }) => {
  const { number, trigger, startedAt, durationMs, outcome, responseStatus, retryAfterSeconds } = attempt
  return (
    <>
      <p className="attempt-head">
        <strong>Attempt {number}</strong>
        <Badge tone={outcome === "succeeded" ? "good" : "bad"}>{outcome}</Badge>
        {responseStatus !== null && <span className="status-code">{responseStatus}</span>}
        <span className="muted">{trigger}</span>
        <Time at={startedAt} as="both" />
      </p>
      <p className="duration">
        <meter
          aria-label={`Took ${spanText(durationMs)} of the ${spanText(DEADLINE_MS)} that an endpoint has`}
          min={0}
          max={DEADLINE_MS}
          value={durationMs}
        />
        <span>
          {spanText(durationMs)} <span className="muted">of {spanText(DEADLINE_MS)}</span>
        </span>
      </p>
      <Failure attempt={attempt} />
      {retryAfterSeconds !== null && (
        <p>The endpoint asked to wait {spanText(retryAfterSeconds * 1_000)} before the next attempt (Retry-After).</p>
      )}
      <Answer attempt={attempt} />
    </>
  )
}

const Failure = ({ attempt: { errorKind, errorMessage } }: { attempt: Attempt }): ReactNode =>
  errorKind !== null && (
    <p>
      {errorMessage !== null && <Excerpt text={errorMessage} max={500} />}{" "}
      <span className="muted">
        ({errorKind}: {errorWords[errorKind]})
      </span>
    </p>
  )

/** Of a receiver, which may answer anything. */
const Answer = ({ attempt: { responseStatus, responseBody, responseBodyTruncated } }: { attempt: Attempt }) => {
  if (responseStatus === null) return null
  if (responseBody === null || responseBody === "") return <p className="muted">The answer had no body.</p>
  return (
    <div className="answer">
      <p className="muted">
        {responseBodyTruncated ? "The answer began with (the rest was not kept):" : "The answer:"}
      </p>
      <Untrusted text={responseBody} />
    </div>
  )
}

const Next = ({ delivery }: { delivery: DeliveryWithAttempts }) => {
  const { nextAttemptAt, finishedAt } = delivery
  const endpoint = useQuery(endpointsQuery).data?.find(({ id }) => id === delivery.endpointId)
  if (finishedAt !== null)
    return (
      <p>
        Finished at <Time at={finishedAt} as="both" />. {standing(delivery).next}
      </p>
    )
  if (nextAttemptAt !== null)
    return (
      <p>
        Next attempt at <Time at={nextAttemptAt} as="both" />
      </p>
    )
  const { statusReason } = delivery
  const until =
    statusReason === "retry_after"
      ? endpoint?.notBefore
      : statusReason === "circuit_open"
        ? endpoint?.circuit.nextProbeAt
        : null
  return (
    <p>
      {standing(delivery).next}
      {typeof until === "string" && (
        <>
          {" "}
          {statusReason === "circuit_open" ? "The next probe is at" : "It is over at"} <Time at={until} as="both" />.
        </>
      )}
    </p>
  )
}
