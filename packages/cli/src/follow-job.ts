import type { Job } from "@posthorn/sdk"
import progress from "cli-progress"

import type { Deployed } from "./deployed.ts"
import { type ExitCode, exitCodes } from "./exit.ts"
import { Interrupted } from "./signals.ts"
import { plain } from "./text.ts"

const LOOK_MS = 500
const DAY_MS = 86_400_000

/** Follows a job to its end: with a bar on a terminal, an object at each change with `--json`. Ctrl-C leaves the job at work. */
export const followJob = async (jobId: string, { client, output, signal }: Deployed): Promise<ExitCode> => {
  const bar = output.json ? null : createBar(process.stderr)
  let shown = ""
  const onProgress = (job: Job): void => {
    bar?.update(job)
    const record = JSON.stringify(job)
    if (output.json && record !== shown && job.finishedAt === null) output.result(job, "")
    shown = record
  }
  try {
    const job = await client.jobs.wait(jobId, { pollMs: LOOK_MS, timeoutMs: DAY_MS, signal, onProgress })
    bar?.stop()
    const error = job.error === null ? "" : `: ${plain(job.error)}`
    output.result(job, `${job.id} ${job.status}, ${String(job.done)} of ${String(job.matched)}${error}`)
    return job.status === "succeeded" ? exitCodes.done : exitCodes.failed
  } catch (error) {
    bar?.stop()
    if (error instanceof Interrupted) output.note(`${jobId} goes on. To end it: posthorn jobs cancel ${jobId}`)
    throw error
  }
}

interface Bar {
  update: (job: Pick<Job, "done" | "matched">) => void
  stop: () => void
}

/** Drawn on a terminal alone; in a file or a pipe there is none. */
export const createBar = (stream: NodeJS.WriteStream): Bar | null => {
  if (!stream.isTTY) return null
  const bar = new progress.SingleBar({
    format: "{bar} {value} of {total}  {eta_formatted}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    stream,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C is dealt with elsewhere; the library would end the process.
    gracefulExit: false,
  })
  bar.start(0, 0)
  return {
    update: ({ done, matched }) => {
      bar.setTotal(matched)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}
