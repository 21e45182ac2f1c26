import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { useParams } from "wouter"

import { api, read } from "../../api/client.ts"
import { isAbsent } from "../../api/problem.ts"
import type { Endpoint } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { endpointName, urlHost } from "../../components/names.ts"
import { JobsCard } from "../../components/jobs.tsx"
import { useNow } from "../../components/now.ts"
import { Loading, Page } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { EndpointStatus } from "../../components/status.tsx"
import { cut } from "../../components/untrusted.tsx"
import { Absent } from "../not-found.tsx"
import { DeleteDialog } from "./delete-dialog.tsx"
import { EditDialog } from "./edit-dialog.tsx"
import { EndpointDeliveries } from "./endpoint-deliveries.tsx"
import { EndpointFacts } from "./endpoint-facts.tsx"
import { EndpointFigures } from "./endpoint-figures.tsx"
import { EndpointWords, isStopped } from "./endpoint-words.tsx"
import { endpointQuery } from "./queries.ts"
import { ReplayDialog } from "./replay-dialog.tsx"
import { RotateDialog } from "./rotate-dialog.tsx"
import { TestPanel, useTest } from "./test-panel.tsx"
import { May } from "../../components/may.tsx"

const TITLE_LENGTH_MAX = 80

export const EndpointPage = () => {
  const { id = "" } = useParams()
  const { data, error } = useQuery(endpointQuery(id))
  if (isAbsent(error)) return <Absent what="endpoint" />
  if (data === undefined)
    return (
      <Page title="Endpoint">
        <Problem error={error} />
        {error === null && <Loading />}
      </Page>
    )
  return <Shown key={id} endpoint={data} error={error} />
}

type Open = { dialog: "edit" | "rotate" | "delete" } | { dialog: "replay"; since: string | null }

const Shown = ({ endpoint, error }: { endpoint: Endpoint; error: Error | null }) => {
  const { id } = endpoint
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  const test = useTest(id)
  const pause = useAction({ act: () => read(api.endpoints[":id"].pause.$post({ param: { id }, query: {} })) })
  const resume = useAction({
    act: (_missedSince: string | null) => read(api.endpoints[":id"].resume.$post({ param: { id }, query: {} })),
    // Resumed, it does not say any more since when it was gone; this is the moment to fetch what it missed.
    after: (_endpoint, missedSince) => {
      if (missedSince !== null) setOpen({ dialog: "replay", since: missedSince })
    },
  })
  // What was refused a moment ago is no news once something else is tried.
  const begin = (run: () => void): void => {
    for (const { error: refusal, reset } of [test, pause, resume]) if (refusal !== null) reset()
    run()
  }
  const isResumable = isStopped(endpoint, useNow())
  return (
    <Page
      title={cut(endpointName(endpoint), TITLE_LENGTH_MAX)}
      lead={
        <>
          <EndpointStatus endpoint={endpoint} /> {endpoint.description !== null && urlHost(endpoint.url)}
        </>
      }
      actions={
        <May scope="endpoints">
          <Button busy={test.isBusy} onClick={() => begin(test.run)}>
            Send a test
          </Button>
          {endpoint.status === "enabled" && (
            <Button busy={pause.isBusy} onClick={() => begin(pause.run)}>
              Pause
            </Button>
          )}
          {isResumable && (
            <Button
              kind="primary"
              busy={resume.isBusy}
              onClick={() => begin(() => resume.run(endpoint.disabledReason === "gone" ? endpoint.disabledAt : null))}
            >
              Resume
            </Button>
          )}
          <Button onClick={() => setOpen({ dialog: "replay", since: null })}>Replay</Button>
          <Button onClick={() => setOpen({ dialog: "edit" })}>Edit</Button>
          <Button onClick={() => setOpen({ dialog: "rotate" })}>Rotate secret</Button>
          <Button kind="danger" onClick={() => setOpen({ dialog: "delete" })}>
            Delete
          </Button>
        </May>
      }
    >
      <Problem error={error ?? pause.error ?? resume.error} />
      <EndpointWords endpoint={endpoint} />
      <TestPanel test={test} />
      <div className="columns">
        <EndpointFigures endpoint={endpoint} />
        <EndpointFacts endpoint={endpoint} />
      </div>
      <JobsCard of={{ endpointId: id }} />
      <EndpointDeliveries endpointId={id} />
      {open?.dialog === "edit" && <EditDialog endpoint={endpoint} onClose={close} />}
      {open?.dialog === "rotate" && <RotateDialog endpoint={endpoint} onClose={close} />}
      {open?.dialog === "delete" && <DeleteDialog endpoint={endpoint} onClose={close} />}
      {open?.dialog === "replay" && <ReplayDialog endpoint={endpoint} since={open.since} onClose={close} />}
    </Page>
  )
}
