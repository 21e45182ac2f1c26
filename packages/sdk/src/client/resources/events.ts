import type { PosthornEvent } from "../../generated/events.ts"
import { catchUp, NOW, type CatchUpOptions, type CaughtEvent, type WalkPage } from "../catch-up.ts"
import { Pages } from "../pages.ts"
import type { Platform } from "../platform.ts"
import type { CallOptions, CreateOptions, Send } from "../transport.ts"
import type { CustomEventCreate, OneOrMore, Time, Trace } from "../types.ts"

export interface EventsQuery {
  type?: OneOrMore<PosthornEvent["type"]> | undefined
  accountId?: string | undefined
  conversationId?: string | undefined
  /** Seen at or after this instant. */
  since?: Time | undefined
  /** Seen before this instant. */
  until?: Time | undefined
  /** Per page, 1 to 100; 20 when left out. */
  limit?: number | undefined
}

/** What happened. */
export class Events {
  readonly #send: Send
  readonly #platform: Platform

  constructor(send: Send, platform: Platform) {
    this.#send = send
    this.#platform = platform
  }

  /** Newest first, for people: may trail by a moment. A program that wants every event uses `catchUp`. */
  list(query: EventsQuery = {}, options: CallOptions = {}): Pages<PosthornEvent> {
    return new Pages((cursor) => this.#send("GET /v1/events", { ...options, query: { ...query, cursor } }))
  }

  get(id: string, options: CallOptions = {}): Promise<PosthornEvent> {
    return this.#send("GET /v1/events/{id}", { ...options, path: { id } })
  }

  /** Who got an event, who did not, and why. */
  trace(id: string, options: CallOptions = {}): Promise<Trace> {
    return this.#send("GET /v1/events/{id}/trace", { ...options, path: { id } })
  }

  /** An event of your own: `type` begins with `custom.`, `data` is any object up to 64 KB. Needs the scope `admin`. */
  publish(body: CustomEventCreate, options: CreateOptions = {}): Promise<PosthornEvent> {
    return this.#send("POST /v1/events", { ...options, body, repeat: "by key" })
  }

  /** A bookmark at the end of everything: `catchUp` from it shows what is new from here on. Store it before you go on. */
  async now(options: CallOptions = {}): Promise<string> {
    return (await this.#walk(NOW, 1, options)).nextCursor
  }

  /**
   * Every published event behind a place, each once, in the order of its account's log; accounts interleave. Needs the scope `read`.
   *
   *     for await (const { event, bookmark } of client.events.catchUp({ after })) {
   *       await handle(event)
   *       await store(bookmark)
   *     }
   *
   * Store the bookmark **after** you have handled its event. It covers this event and all that came before it, and nothing else: a
   * program that dies goes on right behind the last bookmark it stored, so that at most the one event comes again whose bookmark was
   * not stored. Ends when there is nothing more, or with `follow` goes on as events come.
   *
   * Rejects with `cursor_expired` where events behind the place have been removed since: what they were cannot be told any more.
   */
  catchUp(options: CatchUpOptions): AsyncGenerator<CaughtEvent, void, undefined> {
    return catchUp(options, {
      walk: (after, limit) => this.#walk(after, limit, { signal: options.signal }),
      sleep: this.#platform.sleep,
    })
  }

  async #walk(after: string, limit: number, options: CallOptions): Promise<WalkPage> {
    // Forward, `nextCursor` is never null.
    return (await this.#send("GET /v1/events", { ...options, query: { after, limit } })) as WalkPage
  }
}
