import { useQuery } from "@tanstack/react-query"
import { type SubmitEvent, useState } from "react"

import { api, read } from "../../api/client.ts"
import { fieldMessage } from "../../api/problem.ts"
import { endpointsQuery } from "../../api/queries.ts"
import type { Account } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Dialog } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { useIdempotencyKey } from "../../components/idempotency-key.ts"
import { instantOf } from "../../components/instant-field.ts"
import { endpointName } from "../../components/names.ts"
import { useNotice } from "../../components/notice.tsx"
import { Problem } from "../../components/problem.tsx"
import { Time } from "../../components/time.tsx"

/** Asks how far back, shows what that would come to, and only then begins. */
export const BackfillDialog = ({ account, onClose }: { account: Account; onClose: () => void }) => {
  const param = { id: account.id }
  const endpoints = useQuery(endpointsQuery)
  const [since, setSince] = useState("")
  const [endpointId, setEndpointId] = useState("")
  const keyFor = useIdempotencyKey()
  const notice = useNotice()
  const json = { since: instantOf(since) ?? "", ...(endpointId !== "" && { endpointIds: [endpointId] }) }

  const estimate = useAction({
    act: async () => {
      const found = await read(
        api.accounts[":id"].backfill.$post({ param, query: {}, header: {}, json: { ...json, dryRun: true } }),
      )
      return "conversations" in found ? found : null
    },
  })
  const start = useAction({
    act: () =>
      read(api.accounts[":id"].backfill.$post({ param, query: {}, header: { "idempotency-key": keyFor(json) }, json })),
    after: () => {
      notice("The backfill is at work; its progress is on this page.")
      onClose()
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    estimate.run()
  }
  const error = start.error ?? estimate.error
  const found = estimate.result ?? null
  return (
    <Dialog title="Backfill" onClose={onClose}>
      <p>
        Brings messages from before the baseline as events, marked <code>backfill</code>, behind what is new. What has
        its event already gets no other.
      </p>
      <form onSubmit={submit}>
        <Field label="Sent since" hint="In your time zone." error={fieldMessage(error, "/since")}>
          {(props) => (
            <input
              {...props}
              type="datetime-local"
              required
              value={since}
              onChange={(event) => {
                setSince(event.target.value)
                estimate.reset()
              }}
            />
          )}
        </Field>
        <Field label="For" error={fieldMessage(error, "/endpointIds")}>
          {(props) => (
            <select {...props} value={endpointId} onChange={(event) => setEndpointId(event.target.value)}>
              <option value="">every endpoint that asks for these events</option>
              {endpoints.data?.map((endpoint) => (
                <option key={endpoint.id} value={endpoint.id}>
                  {endpointName(endpoint)} alone
                </option>
              ))}
            </select>
          )}
        </Field>
        <Problem error={error} />
        {found !== null && (
          <p role="status">
            {found.exact ? "" : "At least "}
            {found.conversations.toLocaleString()} conversations would be read, each with at least one request to
            ConnectSafely.
            {found.oldest !== null && (
              <>
                {" "}
                The first of their last activities was at <Time at={found.oldest} />.
              </>
            )}
          </p>
        )}
        <div className="actions">
          <Button kind={found === null ? "primary" : "plain"} type="submit" busy={estimate.isBusy}>
            Estimate
          </Button>
          {found !== null && (
            <Button kind="primary" busy={start.isBusy} onClick={() => start.run()}>
              Begin the backfill
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
