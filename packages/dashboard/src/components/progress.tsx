import type { Job } from "../api/resources.ts"

import { JobStatus } from "./status.tsx"

/** How far a job is. One that does not know its size yet shows that it moves. */
export const JobProgress = ({ job }: { job: Job }) => {
  const isOver = job.finishedAt !== null
  const isCounted = job.kind === "replay" && job.matched > 0
  const text =
    job.kind === "replay"
      ? `${job.done.toLocaleString()} of ${job.matched.toLocaleString()} deliveries`
      : `${job.done.toLocaleString()} ${job.kind === "backfill" ? "events" : "messages checked"}`
  return (
    <div className="progress">
      {isOver ? (
        <progress max={1} value={1} aria-label={`${job.kind}: over`} />
      ) : isCounted ? (
        <progress max={job.matched} value={job.done} aria-label={`${job.kind}: ${text}`} />
      ) : (
        <progress aria-label={`${job.kind}: ${text}`} />
      )}
      <span>
        <JobStatus job={job} /> {text}
        {job.missing !== null && `, ${job.missing.toLocaleString()} had been missing`}
      </span>
      {job.error !== null && <p className="field-error">{job.error}</p>}
    </div>
  )
}
