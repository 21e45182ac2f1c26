/** What the API says of a request that it refused (RFC 9457). */
export interface Problem {
  code: string
  title: string
  detail: string
  requestId: string
  errors: { in: string; pointer: string; message: string }[]
}

export class ProblemError extends Error {
  override name = "ProblemError"
  readonly status: number
  /** Null where something in between answered, which speaks no problem documents. */
  readonly problem: Problem | null

  constructor(status: number, problem: Problem | null) {
    super(problem?.detail ?? `The API answered ${status}, without saying why.`)
    this.status = status
    this.problem = problem
  }
}

/** No answer came. */
export class UnreachableError extends Error {
  override name = "UnreachableError"

  constructor(options: ErrorOptions) {
    super("The API does not answer.", options)
  }
}

export const isSignedOut = (error: unknown): boolean => error instanceof ProblemError && error.status === 401
export const isAbsent = (error: unknown): boolean => error instanceof ProblemError && error.status === 404

/** What the API says of one field of a form: `/url`, `/filter`. */
export const fieldMessage = (error: unknown, pointer: string): string | null => {
  if (!(error instanceof ProblemError)) return null
  const found = error.problem?.errors.filter(
    (blamed) => blamed.pointer === pointer || blamed.pointer.startsWith(`${pointer}/`),
  )
  return found === undefined || found.length === 0 ? null : found.map(({ message }) => message).join("; ")
}
