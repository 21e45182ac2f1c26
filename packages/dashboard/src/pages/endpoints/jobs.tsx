import { useQuery } from "@tanstack/react-query"

import { api, read } from "../../api/client.ts"
import type { Job } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Card } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { JobProgress } from "../../components/progress.tsx"
import { Time } from "../../components/time.tsx"
import { jobsQuery } from "./queries.ts"

/** The replays of an endpoint, running and recent; nothing where there are none. */
export const Jobs = ({ endpointId }: { endpointId: string }) => {
  const { data, error } = useQuery(jobsQuery(endpointId))
  if (error !== null) return <Problem error={error} />
  if (data === undefined || data.data.length === 0) return null
  return (
    <Card title="Replays">
      <ul className="jobs">
        {data.data.map((job) => (
          <li key={job.id}>
            <p className="muted">
              Asked for <Time at={job.createdAt} as="both" />
            </p>
            <JobWithCancel job={job} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

export const JobWithCancel = ({ job }: { job: Job }) => {
  const cancel = useAction({ act: () => read(api.jobs[":id"].cancel.$post({ param: { id: job.id }, query: {} })) })
  return (
    <>
      <JobProgress job={job} />
      {job.finishedAt === null && (
        <Button busy={cancel.isBusy} onClick={() => cancel.run()}>
          Cancel the replay
        </Button>
      )}
      <Problem error={cancel.error} />
    </>
  )
}
