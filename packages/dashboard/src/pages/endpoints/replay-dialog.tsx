import { type SubmitEvent, useState } from "react"

import { api, read } from "../../api/client.ts"
import { fieldMessage } from "../../api/problem.ts"
import type { Endpoint, Job } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Dialog } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { countText } from "../../components/count-text.ts"
import { instantOf, localOf } from "../../components/instant-field.ts"
import { Problem } from "../../components/problem.tsx"
import { Time } from "../../components/time.tsx"
import { useIdempotencyKey } from "../../components/idempotency-key.ts"
import { replayable, type ReplayInput, useReplayCount } from "./replay-count.ts"
import { ReplayRunning } from "./replay-running.tsx"

const HOUR_MS = 3_600_000

const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * HOUR_MS)

/** Events again, counted before anything is sent. `since` is where it begins when one that missed something was just resumed. */
export const ReplayDialog = ({
  endpoint,
  since,
  onClose,
}: {
  endpoint: Endpoint
  since: string | null
  onClose: () => void
}) => {
  const [from, setFrom] = useState(() => localOf(since === null ? hoursAgo(1) : before(since)))
  const [to, setTo] = useState("")
  const [onlyFailed, setOnlyFailed] = useState(false)
  const [types, setTypes] = useState<ReadonlySet<string>>(new Set())
  const input: ReplayInput = {
    since: instantOf(from),
    until: instantOf(to),
    onlyFailed,
    eventTypes: types.size === 0 ? null : [...types],
  }
  const count = useReplayCount(endpoint, input)
  const keyFor = useIdempotencyKey()
  const replay = useAction({
    act: async (json: ReplayInput): Promise<Job> => {
      const header = { "idempotency-key": keyFor(json) }
      const answer = await read(
        api.endpoints[":id"].replay.$post({ param: { id: endpoint.id }, query: {}, header, json }),
      )
      if ("exact" in answer) throw new Error("The API counted, and replayed nothing.")
      return answer
    },
  })
  if (replay.result !== undefined) return <ReplayRunning job={replay.result} onClose={onClose} />

  const preset = (at: Date): void => {
    setFrom(localOf(at))
    setTo("")
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (count.isCurrent && count.matched > 0) replay.run(input)
  }
  const missedSince = endpoint.disabledAt ?? since
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <Dialog title="Replay events" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p>
          Delivers events again, under the same <code>webhook-id</code>: a receiver that skips ids it knows takes no
          harm. Only what the endpoint asks for now is sent.
        </p>
        <div className="actions presets">
          <Button onClick={() => preset(hoursAgo(1))}>Last hour</Button>
          <Button onClick={() => preset(hoursAgo(24))}>Last day</Button>
          {missedSince !== null && <Button onClick={() => preset(before(missedSince))}>Since it was disabled</Button>}
        </div>
        <div className="span">
          <Field label="Since" hint={`Your time zone: ${zone}`} error={fieldMessage(count.error, "/since")}>
            {(props) => (
              <input {...props} type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
            )}
          </Field>
          <Field label="Until" hint="Empty: now" error={fieldMessage(count.error, "/until")}>
            {(props) => (
              <input {...props} type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
            )}
          </Field>
        </div>
        <label className="check">
          <input type="checkbox" checked={onlyFailed} onChange={(event) => setOnlyFailed(event.target.checked)} />
          Only deliveries that failed: exhausted or cancelled
        </label>
        <fieldset className="below">
          <legend>Only these event types</legend>
          <p className="hint">None chosen: all that the endpoint asks for.</p>
          {replayable(endpoint).map((type) => (
            <label className="check" key={type}>
              <input
                type="checkbox"
                checked={types.has(type)}
                onChange={(event) => {
                  const next = new Set(types)
                  if (event.target.checked) next.add(type)
                  else next.delete(type)
                  setTypes(next)
                }}
              />
              <code>{type}</code>
            </label>
          ))}
        </fieldset>
        <div role="status">
          {count.error === null && (
            <p>
              {!count.isCurrent ? (
                "Counting …"
              ) : (
                <>
                  <strong>
                    {count.isExact ? "" : "At least "}
                    {deliveries(count.matched)}
                  </strong>
                  {count.oldest !== null && (
                    <>
                      , of events seen from <Time at={count.oldest} /> to <Time at={count.newest} />
                    </>
                  )}
                </>
              )}
            </p>
          )}
        </div>
        <Problem error={replay.error ?? count.error} />
        <div className="actions">
          <Button
            kind="primary"
            type="submit"
            busy={replay.isBusy}
            disabled={replay.isBusy || !count.isCurrent || count.matched === 0}
          >
            {count.isCurrent ? `Replay ${deliveries(count.matched)}` : "Replay"}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}

/** What met the answer that disabled the endpoint was seen a little before it. */
const A_LITTLE_MS = 60_000
const before = (disabledAt: string): Date => new Date(Date.parse(disabledAt) - A_LITTLE_MS)

const deliveries = (count: number): string => countText(count, "delivery", "deliveries")
