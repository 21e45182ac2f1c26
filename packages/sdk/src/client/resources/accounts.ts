import type { EventMessage } from "../../generated/events.ts"
import { PosthornError } from "../error.ts"
import { Pages } from "../pages.ts"
import { textOfTime } from "../time.ts"
import type { CallOptions, CreateOptions, Send } from "../transport.ts"
import type { Account, AccountPatch, BackfillCreate, BackfillEstimate, Job, Time } from "../types.ts"

/** Rounds of forgetting; each takes hundreds of events. */
const FORGET_ROUNDS_MAX = 10_000

/** Which history is brought. */
export interface BackfillInput extends Omit<BackfillCreate, "since" | "dryRun"> {
  /** Messages sent at or after this instant, at most 90 days ago. */
  since: Time
}

/** The connected LinkedIn accounts. Reading needs the scope `read`, typing `conversations`, all else `admin`. */
export class Accounts {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Newest first. */
  list(query: { limit?: number | undefined } = {}, options: CallOptions = {}): Pages<Account> {
    return new Pages((cursor) => this.#send("GET /v1/accounts", { ...options, query: { ...query, cursor } }))
  }

  get(id: string, options: CallOptions = {}): Promise<Account> {
    return this.#send("GET /v1/accounts/{id}", { ...options, path: { id } })
  }

  /** Label, pause, interval. */
  update(id: string, body: AccountPatch, options: CallOptions = {}): Promise<Account> {
    return this.#send("PATCH /v1/accounts/{id}", { ...options, path: { id }, body })
  }

  /** As soon as the budget of requests to upstream allows. */
  poll(id: string, options: CallOptions = {}): Promise<Account> {
    return this.#send("POST /v1/accounts/{id}/poll", { ...options, path: { id }, repeat: "as it is" })
  }

  /** Brings messages from before the account was connected, as a job; `jobs.wait` follows it. With `dryRun` only estimates. */
  backfill(id: string, input: BackfillInput & { dryRun: true }, options?: CreateOptions): Promise<BackfillEstimate>
  backfill(id: string, input: BackfillInput & { dryRun?: false | null }, options?: CreateOptions): Promise<Job>
  backfill(
    id: string,
    { since, ...others }: BackfillInput & { dryRun?: boolean | null },
    options: CreateOptions = {},
  ): Promise<Job | BackfillEstimate> {
    const body: BackfillCreate = { ...others, since: textOfTime(since) }
    return this.#send("POST /v1/accounts/{id}/backfill", { ...options, path: { id }, body, repeat: "by key" })
  }

  /** Compares the last 24 hours with what was published and publishes what is missing, as a job. */
  reconcile(id: string, options: CreateOptions = {}): Promise<Job> {
    return this.#send("POST /v1/accounts/{id}/reconcile", { ...options, path: { id }, repeat: "by key" })
  }

  /** Shows a typing indicator for a few seconds, as the account's owner. */
  typing(
    id: string,
    conversationId: string,
    options: CallOptions = {},
  ): Promise<{ accountId: string; conversationId: string }> {
    return this.#send("POST /v1/accounts/{id}/typing", { ...options, path: { id }, body: { conversationId } })
  }

  /** A conversation as upstream shows it now, newest first; each page is one request to upstream. */
  messages(
    id: string,
    conversationId: string,
    query: { limit?: number | undefined } = {},
    options: CallOptions = {},
  ): Pages<EventMessage> {
    const path = { id, conversationId }
    return new Pages((cursor) =>
      this.#send("GET /v1/accounts/{id}/conversations/{conversationId}/messages", {
        ...options,
        path,
        query: { ...query, cursor },
      }),
    )
  }

  /** Forgets what an account's messages said, or one conversation's: events, deliveries and attempts. Ends when all is gone. */
  async forget(
    id: string,
    query: { conversationId?: string | undefined } = {},
    options: CallOptions = {},
  ): Promise<void> {
    for (let round = 0; round < FORGET_ROUNDS_MAX; round++) {
      const rest = await this.#send("DELETE /v1/accounts/{id}/data", { ...options, path: { id }, query: { ...query } })
      if (rest === undefined) return
    }
    throw new PosthornError({
      code: "timeout",
      detail: `There is more to forget after ${String(FORGET_ROUNDS_MAX)} rounds: call it again.`,
    })
  }
}
