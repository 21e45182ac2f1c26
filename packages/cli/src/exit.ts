/** What the process ends with. docs/cli.md has them too. */
export const exitCodes = {
  done: 0,
  /** It was done, and came out badly: a finding of doctor, a job or a test delivery that failed. */
  failed: 1,
  /** The command line or a setting cannot be used. */
  usage: 2,
  /** The deployment did not answer, or not as one. */
  unreachable: 3,
  /** The deployment refused: the key, the id, the input. */
  refused: 4,
  /** Ctrl-C, where that is not how a command ends anyway. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** A failure that a person can mend: one sentence, and what the process ends with. */
export class CliError extends Error {
  override readonly name = "CliError"
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode) {
    super(message)
    this.exitCode = exitCode
  }
}
