import { ProblemError, UnreachableError } from "../api/problem.ts"

/** What went wrong, in the API's own words. Nothing for nothing. */
export const Problem = ({ error }: { error: Error | null }) => {
  // That the API does not answer, the banner on top says already.
  if (error === null || error instanceof UnreachableError) return null
  const requestId = error instanceof ProblemError ? error.problem?.requestId : undefined
  return (
    <div className="problem" role="alert">
      <p>{error.message}</p>
      {requestId !== undefined && <p className="muted">Request {requestId}</p>}
    </div>
  )
}
