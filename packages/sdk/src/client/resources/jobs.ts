import { PosthornError } from "../error.ts"
import { Pages } from "../pages.ts"
import type { Platform } from "../platform.ts"
import type { CallOptions, Send } from "../transport.ts"
import type { Job, JobKind, JobStatus, OneOrMore } from "../types.ts"

const POLL_MS = 1_000
const WAIT_MS = 3_600_000

export interface JobsQuery {
  kind?: OneOrMore<JobKind> | undefined
  endpointId?: string | undefined
  accountId?: string | undefined
  status?: OneOrMore<JobStatus> | undefined
  /** Per page, 1 to 100; 20 when left out. */
  limit?: number | undefined
}

export interface WaitOptions extends CallOptions {
  /** Between two looks; 1,000 when left out. */
  pollMs?: number | undefined
  /** An hour when left out. The job goes on when it is over. */
  timeoutMs?: number | undefined
  /** Called at each look. */
  onProgress?: ((job: Job) => void) | undefined
}

/** Replays, backfills and reconciliations at work. */
export class Jobs {
  readonly #send: Send
  readonly #platform: Platform

  constructor(send: Send, platform: Platform) {
    this.#send = send
    this.#platform = platform
  }

  /** Newest first. */
  list(query: JobsQuery = {}, options: CallOptions = {}): Pages<Job> {
    return new Pages((cursor) => this.#send("GET /v1/jobs", { ...options, query: { ...query, cursor } }))
  }

  get(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#send("GET /v1/jobs/{id}", { ...options, path: { id } })
  }

  /** It goes no further; what it has done stays. */
  cancel(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#send("POST /v1/jobs/{id}/cancel", { ...options, path: { id }, repeat: "as it is" })
  }

  /** The job when it has ended, however it did: look at its `status` and `error`. Rejects with `timeout` when that takes too long. */
  async wait(id: string, options: WaitOptions = {}): Promise<Job> {
    const { pollMs = POLL_MS, timeoutMs = WAIT_MS, signal, onProgress } = options
    const deadline = this.#platform.now() + timeoutMs
    for (;;) {
      const job = await this.get(id, { signal })
      onProgress?.(job)
      if (job.finishedAt !== null) return job
      if (this.#platform.now() + pollMs > deadline)
        throw new PosthornError({ code: "timeout", detail: `Job ${id} has not ended within ${String(timeoutMs)} ms.` })
      await this.#platform.sleep(pollMs, signal)
    }
  }
}
