import { useQuery } from "@tanstack/react-query"

import { api, read } from "../api/client.ts"
import { LIVE_MS } from "../api/live-list.ts"
import type { Job } from "../api/resources.ts"
import { useAction } from "./action.ts"
import { Button } from "./button.tsx"
import { Card } from "./page.tsx"
import { Problem } from "./problem.tsx"
import { JobProgress } from "./progress.tsx"
import { Time } from "./time.tsx"
import { May } from "./may.tsx"

const JOBS_SHOWN = 5

/** The newest jobs of an account or an endpoint, and how far they are. Nothing while there was none. */
export const JobsCard = ({ of }: { of: { accountId: string } | { endpointId: string } }) => {
  const jobs = useQuery({
    queryKey: ["jobs", of],
    queryFn: () => read(api.jobs.$get({ query: { ...of, limit: String(JOBS_SHOWN) } })),
    refetchInterval: LIVE_MS,
  })
  if (jobs.data === undefined || jobs.data.data.length === 0) return <Problem error={jobs.error} />
  return (
    <Card title="Jobs">
      <ul className="plain-list">
        {jobs.data.data.map((job) => (
          <li key={job.id}>
            <JobRow job={job} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** One job, and the way to end it. */
export const JobRow = ({ job }: { job: Job }) => {
  const cancel = useAction({ act: () => read(api.jobs[":id"].cancel.$post({ param: { id: job.id }, query: {} })) })
  return (
    <>
      <div className="card-head">
        <span>
          <strong>{job.kind}</strong>, begun <Time at={job.createdAt} as="both" />
        </span>
        {job.finishedAt === null && (
          <May scope={job.kind === "replay" ? "endpoints" : "admin"}>
            <Button busy={cancel.isBusy} onClick={() => cancel.run()}>
              Cancel the {job.kind}
            </Button>
          </May>
        )}
      </div>
      <JobProgress job={job} />
      <Problem error={cancel.error} />
    </>
  )
}
