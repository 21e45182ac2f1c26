import { Pages } from "../pages.ts"
import type { CallOptions, Send } from "../transport.ts"
import type { Delivery, DeliveryStatus, DeliveryWithAttempts, OneOrMore, Time } from "../types.ts"

export interface DeliveriesQuery {
  endpointId?: string | undefined
  eventId?: string | undefined
  accountId?: string | undefined
  status?: OneOrMore<DeliveryStatus> | undefined
  /** Made at or after this instant. */
  since?: Time | undefined
  /** Made before this instant. */
  until?: Time | undefined
  /** Per page, 1 to 100; 20 when left out. */
  limit?: number | undefined
}

/** One event for one endpoint, and how it went. */
export class Deliveries {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Newest first; may trail by a moment. */
  list(query: DeliveriesQuery = {}, options: CallOptions = {}): Pages<Delivery> {
    return new Pages((cursor) => this.#send("GET /v1/deliveries", { ...options, query: { ...query, cursor } }))
  }

  /** With its attempts. */
  get(id: string, options: CallOptions = {}): Promise<DeliveryWithAttempts> {
    return this.#send("GET /v1/deliveries/{id}", { ...options, path: { id } })
  }

  /** Sends it again now. Not tried again where its answer is lost: the receiver would get it once more. */
  retry(id: string, options: CallOptions = {}): Promise<Delivery> {
    return this.#send("POST /v1/deliveries/{id}/retry", { ...options, path: { id } })
  }
}
