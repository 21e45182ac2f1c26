import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { useQuery } from "@tanstack/react-query"
import { type SubmitEvent, useRef, useState } from "react"
import { Link } from "wouter"

import { api, read } from "../../api/client.ts"
import { meQuery } from "../../api/queries.ts"
import type { EndpointInput } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Code } from "../../components/code.tsx"
import { Card, Page } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { Created } from "./created.tsx"
import { EndpointFields } from "./endpoint-fields.tsx"
import { emptyForm, inputOf } from "./endpoint-form.ts"
import { useFocusOnBlamed } from "./focus-on-blamed.ts"
import { useIdempotencyKey } from "../../components/idempotency-key.ts"
import { TRY_IT_URL, tryIt } from "./snippets.ts"

export const NewEndpointPage = () => {
  const me = useQuery(meQuery)
  const [form, setForm] = useState(emptyForm)
  const keyFor = useIdempotencyKey()
  const create = useAction({
    act: (json: EndpointInput) =>
      read(api.endpoints.$post({ query: {}, header: { "idempotency-key": keyFor(json) }, json })),
  })
  const element = useRef<HTMLFormElement>(null)
  useFocusOnBlamed(element, create.error)
  if (create.result !== undefined) return <Created endpoint={create.result} />

  const input = inputOf(form)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (input !== null) create.run(input)
  }
  return (
    <Page title="Register an endpoint" lead="A URL that gets every event it asks for, as a signed POST.">
      <Card>
        <form ref={element} onSubmit={submit} noValidate>
          <EndpointFields
            form={form}
            onChange={(changed) => setForm((before) => ({ ...before, ...changed }))}
            error={create.error}
            isNew
            urlHint="Where events are POSTed to: your own code, or what Zapier, n8n, Make, Slack or Discord gave you. It is shown on the endpoint's own page only."
          />
          {me.data?.deployment.stage === "local" && (
            <TryIt onUse={() => setForm((before) => ({ ...before, url: TRY_IT_URL }))} />
          )}
          <Problem error={create.error} />
          <div className="actions">
            <Button kind="primary" type="submit" busy={create.isBusy} disabled={create.isBusy || input === null}>
              Create
            </Button>
            <Link className="button" href={dashboardPaths.endpoints}>
              Cancel
            </Link>
          </div>
        </form>
      </Card>
    </Page>
  )
}

/** Posthorn on one's own machine may deliver to that machine. */
const TryIt = ({ onUse }: { onUse: () => void }) => (
  <details className="options">
    <summary>No receiver at hand? Make one in a terminal</summary>
    <p>This prints what arrives, on the machine that Posthorn runs on:</p>
    <Code text={tryIt} what="command" />
    <p>
      <Button onClick={onUse}>Use {TRY_IT_URL}</Button>
    </p>
  </details>
)
