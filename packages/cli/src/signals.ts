import { exitCodes } from "./exit.ts"

/** Why work ended that a person ended. */
export class Interrupted extends Error {
  override readonly name = "Interrupted"
}

/**
 * Aborts at the first Ctrl-C or SIGTERM, so that what is under way can be finished and written down. A second Ctrl-C means at once.
 */
export const untilInterrupted = (): AbortSignal => {
  const ending = new AbortController()
  const end = (signal: NodeJS.Signals): void => {
    if (ending.signal.aborted && signal === "SIGINT") process.exit(exitCodes.interrupted)
    ending.abort(new Interrupted("interrupted"))
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end)
  return ending.signal
}
