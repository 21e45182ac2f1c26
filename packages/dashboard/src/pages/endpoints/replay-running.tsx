import { useQuery } from "@tanstack/react-query"

import type { Job } from "../../api/resources.ts"
import { Button } from "../../components/button.tsx"
import { Dialog } from "../../components/dialog.tsx"
import { JobRow } from "../../components/jobs.tsx"
import { Problem } from "../../components/problem.tsx"
import { jobQuery } from "./queries.ts"

/** A replay that was just asked for, until it is over or nobody looks any more. */
export const ReplayRunning = ({ job: begun, onClose }: { job: Job; onClose: () => void }) => {
  const { data: job = begun, error } = useQuery({ ...jobQuery(begun.id), placeholderData: begun })
  return (
    <Dialog title="Replay" onClose={onClose}>
      <JobRow job={job} />
      <p className="muted">
        {job.finishedAt === null
          ? "It goes on when you close this, and is listed on the endpoint's page."
          : "What it opened leaves at the endpoint's pace: see its deliveries."}
      </p>
      <Problem error={error} />
      <div className="actions">
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  )
}
