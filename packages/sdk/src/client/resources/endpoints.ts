import { Pages } from "../pages.ts"
import { textOfTime } from "../time.ts"
import type { CallOptions, CreateOptions, Send } from "../transport.ts"
import type {
  Delivery,
  Endpoint,
  EndpointCreate,
  EndpointPatch,
  EndpointPreview,
  EndpointPreviewResult,
  EndpointRotate,
  EndpointStatus,
  EndpointWithSecret,
  Job,
  OneOrMore,
  ReplayCount,
  ReplayCreate,
  Time,
} from "../types.ts"

export interface EndpointsQuery {
  status?: OneOrMore<EndpointStatus> | undefined
  /** With exactly this URL. */
  url?: string | undefined
  /** Per page, 1 to 100; 20 when left out. */
  limit?: number | undefined
}

/** Which events are sent again; `since` or `eventIds` is needed. */
export interface ReplayInput extends Omit<ReplayCreate, "since" | "until" | "dryRun"> {
  /** Seen at or after this instant. */
  since?: Time | null
  /** Seen before this instant. */
  until?: Time | null
}

/** Where subscribers want events. Reading needs the scope `read`, all else `endpoints`. */
export class Endpoints {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Needs `url` alone. The answer is the only one that shows the secret. */
  create(body: EndpointCreate, options: CreateOptions = {}): Promise<EndpointWithSecret> {
    return this.#send("POST /v1/endpoints", { ...options, body, repeat: "by key" })
  }

  /** Newest first. */
  list(query: EndpointsQuery = {}, options: CallOptions = {}): Pages<Endpoint> {
    return new Pages((cursor) => this.#send("GET /v1/endpoints", { ...options, query: { ...query, cursor } }))
  }

  get(id: string, options: CallOptions = {}): Promise<Endpoint> {
    return this.#send("GET /v1/endpoints/{id}", { ...options, path: { id } })
  }

  /** What is left out stays; null sets a field back to its default. Takes effect within 2 s. */
  update(id: string, body: EndpointPatch, options: CallOptions = {}): Promise<Endpoint> {
    return this.#send("PATCH /v1/endpoints/{id}", { ...options, path: { id }, body })
  }

  /** Its open deliveries are cancelled. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#send("DELETE /v1/endpoints/{id}", { ...options, path: { id } })
  }

  /** Sends a ping to this endpoint alone. The delivery is on its way: `deliveries.get` tells how it went. */
  test(id: string, options: CallOptions = {}): Promise<Delivery> {
    return this.#send("POST /v1/endpoints/{id}/test", { ...options, path: { id } })
  }

  /** Its deliveries are made and held until it is resumed. */
  pause(id: string, options: CallOptions = {}): Promise<Endpoint> {
    return this.#send("POST /v1/endpoints/{id}/pause", { ...options, path: { id }, repeat: "as it is" })
  }

  /** One that is paused, disabled, whose circuit is open or that asked to wait. What was held goes out slowly at first. */
  resume(id: string, options: CallOptions = {}): Promise<Endpoint> {
    return this.#send("POST /v1/endpoints/{id}/resume", { ...options, path: { id }, repeat: "as it is" })
  }

  /**
   * A new secret; the old one signs along until the overlap is over. Not tried again where its answer is lost, since a second rotation
   * would be another: then call it anew.
   */
  rotateSecret(id: string, body: EndpointRotate = {}, options: CallOptions = {}): Promise<EndpointWithSecret> {
    return this.#send("POST /v1/endpoints/{id}/rotate-secret", { ...options, path: { id }, body })
  }

  /** Delivers events again, as a job; `jobs.wait` follows it. With `dryRun` only counts them. */
  replay(id: string, input: ReplayInput & { dryRun: true }, options?: CreateOptions): Promise<ReplayCount>
  replay(id: string, input: ReplayInput & { dryRun?: false | null }, options?: CreateOptions): Promise<Job>
  replay(
    id: string,
    input: ReplayInput & { dryRun?: boolean | null },
    options: CreateOptions = {},
  ): Promise<Job | ReplayCount> {
    const { since, until, ...others } = input
    const body: ReplayCreate = {
      ...others,
      ...(since === undefined ? {} : { since: since === null ? null : textOfTime(since) }),
      ...(until === undefined ? {} : { until: until === null ? null : textOfTime(until) }),
    }
    return this.#send("POST /v1/endpoints/{id}/replay", { ...options, path: { id }, body, repeat: "by key" })
  }

  /** How many of the last 100 events an endpoint would get, and which clause refuses the others. */
  preview(body: EndpointPreview, options: CallOptions = {}): Promise<EndpointPreviewResult> {
    return this.#send("POST /v1/endpoints/preview", { ...options, body, repeat: "as it is" })
  }
}
