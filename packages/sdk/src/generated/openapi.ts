// Made from the OpenAPI document by `npm run check -- --fix`; not to be edited by hand.
import type { PosthornEvent } from "./events.ts"
export interface paths {
  "/v1/hints/connectsafely": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Take ConnectSafely's native webhook as a reason to poll
     * @description Signed as ConnectSafely signs (`X-Webhook-Signature: sha256=<hex>` over the body), or with the hint secret as bearer. The payload is never turned into an event. There is no such route while no hint secret is set.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The account is polled soon */
        202: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/session": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Sign in to the dashboard with a key
     * @description For browsers. The cookie of the answer stands for the key, with the key's scopes, for 12 hours at most: revoking the key ends it. With the cookie, all but GET needs `X-Posthorn-Dashboard: 1` and `Origin` (or `Sec-Fetch-Site: same-origin`) of this deployment. A request with a key ignores it.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: {
        content: {
          "application/json": components["schemas"]["SessionCreate"]
        }
      }
      responses: {
        /** @description Signed in; `session` says until when */
        201: {
          headers: {
            location: string
            "set-cookie": string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Me"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    /**
     * Sign out
     * @description The session of the cookie ends. The answer is the same where there is none.
     */
    delete: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Signed out; the cookie is cleared */
        204: {
          headers: {
            "set-cookie": string
            [name: string]: unknown
          }
          content?: never
        }
        default: components["responses"]["Problem"]
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/health": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Is it there? */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description It is */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Health"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/me": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Which key is this, and of which deployment?
     * @description Good for a connection test. With a session's cookie: which key signed in, and until when.
     */
    get: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The key and the deployment */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Me"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/endpoints/preview": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * See what an endpoint would have got
     * @description Holds event types and a filter against the last 100 events. Nothing is stored or sent.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["EndpointPreview"]
        }
      }
      responses: {
        /** @description What would have matched, and what refused the others */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["EndpointPreviewResult"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/endpoints": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List endpoints */
    get: {
      parameters: {
        query?: {
          limit?: number
          /** @description `nextCursor` of the page before, with the same filters */
          cursor?: string
          /** @description with this status; one, or several with commas between them */
          status?: string
          /** @description with exactly this URL */
          url?: string
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Newest first */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["EndpointList"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    /**
     * Make an endpoint
     * @description Needs `url` alone. The answer is the only one that shows the secret.
     */
    post: {
      parameters: {
        query?: never
        header?: {
          /** @description the same key and body again make nothing new, and answer with what the first made */
          "idempotency-key"?: string
        }
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["EndpointCreate"]
        }
      }
      responses: {
        /** @description Made, at `Location` */
        201: {
          headers: {
            location: string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["EndpointWithSecret"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/endpoints/{id}": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Get an endpoint */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The endpoint */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Endpoint"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    /**
     * Delete an endpoint
     * @description Its open deliveries are cancelled.
     */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Deleted */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
        default: components["responses"]["Problem"]
      }
    }
    options?: never
    head?: never
    /**
     * Change an endpoint
     * @description Takes effect within 2 s of the answer. `headers` and `metadata` are replaced whole.
     */
    patch: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["EndpointPatch"]
        }
      }
      responses: {
        /** @description The endpoint as it is now */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Endpoint"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    trace?: never
  }
  "/v1/endpoints/{id}/pause": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Pause an endpoint
     * @description Its deliveries are made and held, for as long as events are kept; `resume` lets them out.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The endpoint, paused */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Endpoint"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/endpoints/{id}/resume": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Resume an endpoint
     * @description One that was paused or disabled, for whatever reason, or whose circuit is open, or that asked to wait by Retry-After. What was held goes out slowly at first; what one that was `gone` missed comes with a replay since a minute before `disabledAt`.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The endpoint, enabled */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Endpoint"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/endpoints/{id}/rotate-secret": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Give an endpoint a new secret
     * @description Until the overlap is over each webhook carries a signature by the old secret beside that by the new one.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: {
        content: {
          "application/json": components["schemas"]["EndpointRotate"]
        }
      }
      responses: {
        /** @description The endpoint, and its new secret */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["EndpointWithSecret"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/endpoints/{id}/test": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Send a ping to an endpoint
     * @description A `ping` event for this endpoint alone, whatever its event types. Follow the delivery to see how it went: it goes the way of all deliveries, so it is held while the endpoint is paused or its circuit is open.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description On its way; follow it at `Location` */
        202: {
          headers: {
            location: string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Delivery"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/events": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List events
     * @description Newest first, for people: it may trail by a moment, and a page may be short although more follow. With `after` forward, for programs: every event once, in the order of its account's log, without gaps; `nextCursor` is never null then, and an empty `data` means that you have everything.
     */
    get: {
      parameters: {
        query?: {
          limit?: number
          /** @description `nextCursor` of the page before, with the same filters */
          cursor?: string
          /** @description of this type; one, or several with commas between them */
          type?: string
          /** @description of this account */
          accountId?: string
          /** @description of this conversation */
          conversationId?: string
          /** @description seen at or after this instant */
          since?: string
          /** @description seen before this instant */
          until?: string
          /** @description walk forward: the nextCursor of the walk's last page, the id of the last event you have, "start" for all that is kept, or "now" */
          after?: string
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Newest first */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["EventList"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    /**
     * Publish an event of your own
     * @description It goes on the bus, and to the endpoints whose `eventTypes` name its type.
     */
    post: {
      parameters: {
        query?: never
        header?: {
          /** @description the same key and body again make nothing new, and answer with what the first made */
          "idempotency-key"?: string
        }
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["CustomEventCreate"]
        }
      }
      responses: {
        /** @description Published, at `Location` */
        201: {
          headers: {
            location: string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Event"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/events/{id}": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Get an event
     * @description The same JSON as in the webhook.
     */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The event */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Event"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/events/{id}/trace": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Why did I (not) get this event? */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Its way through the relay */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Trace"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/stats": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** What happened, minute by minute and endpoint by endpoint */
    get: {
      parameters: {
        query?: {
          /** @description from this minute on; an hour before `until` when left out */
          since?: string
          /** @description before this instant; now when left out */
          until?: string
          /** @description of this endpoint alone */
          endpointId?: string
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The figures */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Stats"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/deliveries": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List deliveries
     * @description Newest first, for people: it may trail by a moment, and a page may be short although more follow.
     */
    get: {
      parameters: {
        query?: {
          limit?: number
          /** @description `nextCursor` of the page before, with the same filters */
          cursor?: string
          /** @description to this endpoint */
          endpointId?: string
          /** @description of this event */
          eventId?: string
          /** @description of this account's events */
          accountId?: string
          /** @description with this status; one, or several with commas between them */
          status?: string
          /** @description made at or after this instant */
          since?: string
          /** @description made before this instant */
          until?: string
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Newest first */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["DeliveryList"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/deliveries/{id}": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Get a delivery with its attempts */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The delivery */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["DeliveryWithAttempts"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/deliveries/{id}/retry": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Send a delivery again now */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Another attempt is on its way; follow it at `Location` */
        202: {
          headers: {
            location: string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Delivery"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/accounts": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List accounts */
    get: {
      parameters: {
        query?: {
          limit?: number
          /** @description `nextCursor` of the page before, with the same filters */
          cursor?: string
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Newest first */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["AccountList"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/accounts/{id}": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Get an account */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The account */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Account"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /** Label an account, pause it, or give it an interval of its own */
    patch: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["AccountPatch"]
        }
      }
      responses: {
        /** @description The account as it is now */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Account"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    trace?: never
  }
  "/v1/accounts/{id}/poll": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Poll an account now
     * @description As soon as the budget of requests to upstream allows. One that is paused is polled once, and stays paused.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description A poll is on its way */
        202: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Account"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/accounts/{id}/data": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * Forget what an account's messages said
     * @description Events, deliveries and attempts of the account, or of one conversation. Where the log was read up to stays known, so that nothing comes again.
     */
    delete: {
      parameters: {
        query?: {
          /** @description of this conversation alone */
          conversationId?: string
        }
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description So many events so far, and there are more: ask again */
        202: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Forgotten"]
          }
        }
        /** @description Forgotten */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
        default: components["responses"]["Problem"]
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/accounts/{id}/backfill": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Bring messages from before the account was connected
     * @description Makes a job that the account's polls work on, behind what is new. Its events are marked with `data.backfill: true`, go the way of all events, and get the next sequence numbers. What has its event gets no other.
     */
    post: {
      parameters: {
        query?: never
        header?: {
          /** @description the same key and body again make nothing new, and answer with what the first made */
          "idempotency-key"?: string
        }
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["BackfillCreate"]
        }
      }
      responses: {
        /** @description With `dryRun`: nothing was done */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["BackfillEstimate"]
          }
        }
        /** @description At work, at `Location` */
        202: {
          headers: {
            location: string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Job"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/accounts/{id}/reconcile": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Compare the last 24 hours with what was published
     * @description Reads the last 24 hours again and publishes what had been missing; `missing` of the job tells how much that was. Each account is reconciled every night by itself: see its `lastReconciliation`.
     */
    post: {
      parameters: {
        query?: never
        header?: {
          /** @description the same key and body again make nothing new, and answer with what the first made */
          "idempotency-key"?: string
        }
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description At work, at `Location` */
        202: {
          headers: {
            location: string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Job"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/accounts/{id}/typing": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Show a typing indicator in a conversation
     * @description As the account's owner, for a few seconds. It goes through upstream, within the budget of requests.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["TypingCreate"]
        }
      }
      responses: {
        /** @description It is shown */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": {
              accountId: string
              conversationId: string
            }
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/accounts/{id}/conversations/{conversationId}/messages": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read a conversation as it is now
     * @description Live from upstream, newest first, written as in events: the thread that an agent needs before it answers. One request of the budget per page.
     */
    get: {
      parameters: {
        query?: {
          limit?: number
          /** @description `nextCursor` of the page before, with the same filters */
          cursor?: string
        }
        header?: never
        path: {
          id: string
          conversationId: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Newest first */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["MessageList"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/keys": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List keys
     * @description Without the one of the settings, which is no row.
     */
    get: {
      parameters: {
        query?: {
          limit?: number
          /** @description `nextCursor` of the page before, with the same filters */
          cursor?: string
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Newest first */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["KeyList"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    /**
     * Make a key
     * @description The answer is the only one that shows it.
     */
    post: {
      parameters: {
        query?: never
        header?: {
          /** @description the same key and body again make nothing new, and answer with what the first made */
          "idempotency-key"?: string
        }
        path?: never
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["KeyCreate"]
        }
      }
      responses: {
        /** @description Made, at `Location` */
        201: {
          headers: {
            location: string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["KeyWithSecret"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/keys/{id}": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Get a key */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The key, without itself */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Key"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    /**
     * Revoke a key
     * @description No request that starts after the answer gets through with it.
     */
    delete: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Revoked */
        204: {
          headers: {
            [name: string]: unknown
          }
          content?: never
        }
        default: components["responses"]["Problem"]
      }
    }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/endpoints/{id}/replay": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Deliver events again to an endpoint
     * @description Makes a job. The events go out under their old `webhook-id`, with a schedule of their own, through the endpoint's gate and behind what is new. What is still open is delivered anyway, and is left as it is.
     */
    post: {
      parameters: {
        query?: never
        header?: {
          /** @description the same key and body again make nothing new, and answer with what the first made */
          "idempotency-key"?: string
        }
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody: {
        content: {
          "application/json": components["schemas"]["ReplayCreate"]
        }
      }
      responses: {
        /** @description With `dryRun`: nothing was done */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["ReplayCount"]
          }
        }
        /** @description At work, at `Location` */
        202: {
          headers: {
            location: string
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Job"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/jobs": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List jobs */
    get: {
      parameters: {
        query?: {
          limit?: number
          /** @description `nextCursor` of the page before, with the same filters */
          cursor?: string
          /** @description of this kind; one, or several with commas between them */
          kind?: string
          /** @description of this endpoint */
          endpointId?: string
          /** @description of this account */
          accountId?: string
          /** @description with this status; one, or several with commas between them */
          status?: string
        }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description Newest first */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["JobList"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/jobs/{id}": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Get a job */
    get: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The job */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Job"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/v1/jobs/{id}/cancel": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Cancel a job
     * @description It goes no further; what it has done stays, and deliveries that it opened still go out. A job that has ended is answered as it is. A backfill or reconciliation needs the scope `admin`.
     */
    post: {
      parameters: {
        query?: never
        header?: never
        path: {
          id: string
        }
        cookie?: never
      }
      requestBody?: never
      responses: {
        /** @description The job as it is now */
        200: {
          headers: {
            [name: string]: unknown
          }
          content: {
            "application/json": components["schemas"]["Job"]
          }
        }
        default: components["responses"]["Problem"]
      }
    }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    /** @description RFC 9457. Every 4xx and 5xx has this body. */
    Problem: {
      /** @description an address that explains the code */
      type: string
      title: string
      status: number
      /** @enum {string} */
      code:
        | "malformed_json"
        | "validation_failed"
        | "url_not_allowed"
        | "unauthorized"
        | "forbidden"
        | "not_found"
        | "method_not_allowed"
        | "conflict"
        | "cursor_expired"
        | "payload_too_large"
        | "unsupported_media_type"
        | "idempotency_key_reused"
        | "rate_limited"
        | "internal"
        | "upstream_failed"
        | "not_configured"
      requestId: string
      /** @description what is wrong with this request, for a person */
      detail: string
      /** @description the fields to blame: a JSON pointer in a body, a parameter's name elsewhere; empty when there is none */
      errors: {
        /** @enum {string} */
        in: "body" | "query" | "path" | "header"
        pointer: string
        message: string
      }[]
    }
    Me: {
      key: {
        id: string
        name: string
        scopes: string[]
      }
      deployment: {
        name: string
        stage: string
        version: string
        /** @enum {string} */
        upstream: "connectsafely" | "simulator" | "not_configured"
      }
      /** @description of a cookie; null with a key */
      session: {
        /** Format: date-time */
        expiresAt: string
      } | null
    }
    SessionCreate: {
      /** @description instead of a key: the one-time code in the link that a start on one's own machine prints */
      code?: string
    }
    Health: {
      /** @enum {string} */
      status: "ok"
    }
    EndpointPreviewResult: {
      /** @description events looked at: the newest, at most 100 */
      considered: number
      matched: number
      /** @description the newest that match, at most 3 */
      samples: components["schemas"]["Event"][]
      /** @description by the clause that said no first, the most frequent first */
      refused: {
        clause: components["schemas"]["Refusal"]
        count: number
        /** @description the newest event that this clause refused; `found` is its */
        example: string
      }[]
    }
    Event: PosthornEvent
    Refusal: {
      /**
       * @description unreadable_filter: the stored filter is none, write it anew; nothing matches it
       * @enum {string}
       */
      clause: "eventTypes" | "filter" | "unreadable_filter"
      /** @description JSON pointer into the event */
      path: string
      /** @description the alternatives, or the patterns of an $or */
      wanted: unknown[]
      /** @description what stands there instead: nothing, a value, or those of a list; long texts are cut */
      found: unknown[]
    }
    /** @description As for an endpoint; what is left out stands at the same defaults. */
    EndpointPreview: {
      /** @description left out: ["message.received"]; ["*"]: every message, conversation and account type, now and later. Others must be named. */
      eventTypes?: string[] | null
      /**
       * @description only events that match: an EventBridge event pattern over the event, see docs/filters.md. At most 4096 bytes, 6 names deep, 100 alternatives a field, 20 patterns in an $or and 100 combinations of them
       * @example {
       *       "data": {
       *         "account": {
       *           "id": [
       *             "60d21b4667d0d8992e610c85"
       *           ]
       *         },
       *         "message": {
       *           "text": [
       *             {
       *               "wildcard": "*invoice*"
       *             }
       *           ]
       *         }
       *       }
       *     }
       */
      filter?: {
        [key: string]: unknown
      } | null
    }
    /** @description An endpoint that was just made. */
    EndpointWithSecret: {
      id: string
      url: string
      description: string | null
      eventTypes: string[]
      filter?: {
        [key: string]: unknown
      } | null
      /** @enum {string} */
      format: "standard" | "unipile" | "slack" | "discord" | "connectsafely"
      /** @enum {string} */
      ordering: "none" | "conversation"
      /** @description values are write-only: `[redacted]` */
      headers: {
        [key: string]: string
      }
      /** @description deliveries per second */
      rateLimit: number | null
      metadata: {
        [key: string]: string
      }
      /** @enum {string} */
      status: "enabled" | "paused" | "disabled"
      /** @enum {string|null} */
      disabledReason: "gone" | "failing" | null
      /** Format: date-time */
      disabledAt: string | null
      circuit: {
        /** @enum {string} */
        state: "closed" | "open" | "ramping"
        /** Format: date-time */
        openedAt: string | null
        /** Format: date-time */
        nextProbeAt: string | null
      }
      /**
       * Format: date-time
       * @description the instant that a Retry-After asked for
       */
      notBefore: string | null
      /** @description deliveries that wait; exact up to 10,000 */
      heldCount: number
      /** Format: date-time */
      previousSecretExpiresAt: string | null
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      /** @description shown here and never again; verifies the signature of each webhook */
      secret: string
    }
    EndpointCreate: {
      /**
       * Format: uri
       * @description where events are POSTed to
       */
      url: string
      description?: string | null
      /** @description left out: ["message.received"]; ["*"]: every message, conversation and account type, now and later. Others must be named. */
      eventTypes?: string[] | null
      /** @description sent with each webhook; at most 20, 4096 bytes in all. Answers show "[redacted]"; sending that back keeps a value. */
      headers?: {
        [key: string]: string
      } | null
      /** @description your own words about the endpoint, handed back as they are; at most 20 pairs */
      metadata?: {
        [key: string]: string
      } | null
      /**
       * @description only events that match: an EventBridge event pattern over the event, see docs/filters.md. At most 4096 bytes, 6 names deep, 100 alternatives a field, 20 patterns in an $or and 100 combinations of them
       * @example {
       *       "data": {
       *         "account": {
       *           "id": [
       *             "60d21b4667d0d8992e610c85"
       *           ]
       *         },
       *         "message": {
       *           "text": [
       *             {
       *               "wildcard": "*invoice*"
       *             }
       *           ]
       *         }
       *       }
       *     }
       */
      filter?: {
        [key: string]: unknown
      } | null
      /**
       * @description the shape of the body; see docs/formats.md
       * @enum {string|null}
       */
      format?: "standard" | "unipile" | "slack" | "discord" | "connectsafely" | null
      /**
       * @description conversation: a message waits until those before it in its conversation are finished
       * @enum {string|null}
       */
      ordering?: "none" | "conversation" | null
      /** @description most deliveries per second; what is more waits its turn, and keeps it when this is changed */
      rateLimit?: number | null
      /** @description a secret of your own: whsec_ and 24 to 64 bytes in base64; left out: a new one is made */
      secret?: string | null
    }
    EndpointList: {
      data: components["schemas"]["Endpoint"][]
      nextCursor: string | null
    }
    /** @description Where a subscriber wants events. */
    Endpoint: {
      id: string
      url: string
      description: string | null
      eventTypes: string[]
      filter?: {
        [key: string]: unknown
      } | null
      /** @enum {string} */
      format: "standard" | "unipile" | "slack" | "discord" | "connectsafely"
      /** @enum {string} */
      ordering: "none" | "conversation"
      /** @description values are write-only: `[redacted]` */
      headers: {
        [key: string]: string
      }
      /** @description deliveries per second */
      rateLimit: number | null
      metadata: {
        [key: string]: string
      }
      /** @enum {string} */
      status: "enabled" | "paused" | "disabled"
      /** @enum {string|null} */
      disabledReason: "gone" | "failing" | null
      /** Format: date-time */
      disabledAt: string | null
      circuit: {
        /** @enum {string} */
        state: "closed" | "open" | "ramping"
        /** Format: date-time */
        openedAt: string | null
        /** Format: date-time */
        nextProbeAt: string | null
      }
      /**
       * Format: date-time
       * @description the instant that a Retry-After asked for
       */
      notBefore: string | null
      /** @description deliveries that wait; exact up to 10,000 */
      heldCount: number
      /** Format: date-time */
      previousSecretExpiresAt: string | null
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
    }
    /** @description Fields left out stay as they are; null sets a field back to its default. */
    EndpointPatch: {
      /**
       * Format: uri
       * @description where events are POSTed to
       */
      url?: string
      description?: string | null
      /** @description left out: ["message.received"]; ["*"]: every message, conversation and account type, now and later. Others must be named. */
      eventTypes?: string[] | null
      /** @description sent with each webhook; at most 20, 4096 bytes in all. Answers show "[redacted]"; sending that back keeps a value. */
      headers?: {
        [key: string]: string
      } | null
      /** @description your own words about the endpoint, handed back as they are; at most 20 pairs */
      metadata?: {
        [key: string]: string
      } | null
      /**
       * @description only events that match: an EventBridge event pattern over the event, see docs/filters.md. At most 4096 bytes, 6 names deep, 100 alternatives a field, 20 patterns in an $or and 100 combinations of them
       * @example {
       *       "data": {
       *         "account": {
       *           "id": [
       *             "60d21b4667d0d8992e610c85"
       *           ]
       *         },
       *         "message": {
       *           "text": [
       *             {
       *               "wildcard": "*invoice*"
       *             }
       *           ]
       *         }
       *       }
       *     }
       */
      filter?: {
        [key: string]: unknown
      } | null
      /**
       * @description the shape of the body; see docs/formats.md
       * @enum {string|null}
       */
      format?: "standard" | "unipile" | "slack" | "discord" | "connectsafely" | null
      /**
       * @description conversation: a message waits until those before it in its conversation are finished
       * @enum {string|null}
       */
      ordering?: "none" | "conversation" | null
      /** @description most deliveries per second; what is more waits its turn, and keeps it when this is changed */
      rateLimit?: number | null
    }
    EndpointRotate: {
      /** @description a secret of your own: whsec_ and 24 to 64 bytes in base64; left out: a new one is made */
      secret?: string | null
      /** @description how long the old secret signs along; 86400 when left out, 0 for one that leaked */
      overlapSeconds?: number
    }
    /** @description One event for one endpoint. */
    Delivery: {
      id: string
      eventId: string
      eventType: string
      endpointId: string
      accountId: string | null
      /** @enum {string} */
      status: "pending" | "retrying" | "held" | "succeeded" | "exhausted" | "cancelled"
      /** @enum {string|null} */
      statusReason:
        | "paused"
        | "circuit_open"
        | "retry_after"
        | "disabled"
        | "ordering"
        | "endpoint_deleted"
        | "endpoint_gone"
        | "expired"
        | null
      attemptCount: number
      /** Format: date-time */
      nextAttemptAt: string | null
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      /** Format: date-time */
      finishedAt: string | null
      lastAttempt: components["schemas"]["Attempt"] | null
    }
    /** @description One HTTP try. */
    Attempt: {
      id: string
      number: number
      /** @enum {string} */
      trigger: "schedule" | "manual" | "replay" | "probe"
      /** Format: date-time */
      startedAt: string
      durationMs: number
      /** @enum {string} */
      outcome: "succeeded" | "failed"
      /** @enum {string|null} */
      errorKind:
        | "http_status"
        | "redirect"
        | "timeout"
        | "dns"
        | "connect"
        | "tls"
        | "reset"
        | "address_refused"
        | "interrupted"
        | null
      errorMessage: string | null
      responseStatus: number | null
      retryAfterSeconds: number | null
      /** @description its first 1 KB, with our secrets blanked out */
      responseBody: string | null
      responseBodyTruncated: boolean
    }
    EventList: {
      data: components["schemas"]["Event"][]
      nextCursor: string | null
    }
    /** @description Who got an event, who did not, and why. */
    Trace: {
      eventId: string
      type: string
      /** @description the account's id, or system */
      log: string
      /** @description its place in that log: stored there, once */
      position: number
      /** Format: date-time */
      seenAt: string
      /** @description handed to the bus; until then no endpoint can have it */
      published: boolean
      /** @description those that want it first */
      endpoints: {
        endpointId: string
        /** @description whether the endpoint, as it is now, asks for this event */
        wanted: boolean
        /** @description the clause that says no; null for what it wants */
        refusal: {
          /**
           * @description unreadable_filter: the stored filter is none, write it anew; nothing matches it
           * @enum {string}
           */
          clause: "eventTypes" | "filter" | "unreadable_filter"
          /** @description JSON pointer into the event */
          path: string
          /** @description the alternatives, or the patterns of an $or */
          wanted: unknown[]
          /** @description what stands there instead: nothing, a value, or those of a list; long texts are cut */
          found: unknown[]
        } | null
        delivery: components["schemas"]["DeliveryWithAttempts"] | null
        /** @description one sentence for a person */
        explanation: string
      }[]
      /** @description endpoints that an answer has no room for; the deliveries of this event list them */
      omitted: number
    }
    /** @description A delivery with each of its attempts. */
    DeliveryWithAttempts: {
      id: string
      eventId: string
      eventType: string
      endpointId: string
      accountId: string | null
      /** @enum {string} */
      status: "pending" | "retrying" | "held" | "succeeded" | "exhausted" | "cancelled"
      /** @enum {string|null} */
      statusReason:
        | "paused"
        | "circuit_open"
        | "retry_after"
        | "disabled"
        | "ordering"
        | "endpoint_deleted"
        | "endpoint_gone"
        | "expired"
        | null
      attemptCount: number
      /** Format: date-time */
      nextAttemptAt: string | null
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      /** Format: date-time */
      finishedAt: string | null
      lastAttempt: components["schemas"]["Attempt"] | null
      /** @description the newest 30, oldest first */
      attempts: components["schemas"]["Attempt"][]
    }
    CustomEventCreate: {
      type: string
      /** @description at most 64 KB, and 32 objects and lists in each other */
      data: {
        [key: string]: unknown
      }
    }
    /** @description Approximate figures, kept for 7 days: what is written twice counts twice. */
    Stats: {
      /** Format: date-time */
      since: string
      /** Format: date-time */
      until: string
      /** @description those in which something happened, oldest first */
      minutes: {
        /** Format: date-time */
        at: string
        /** @description messages that polls found */
        seen: number
        /** @description attempts that succeeded */
        succeeded: number
        /** @description attempts that failed */
        failed: number
        /** @description deliveries that were put on hold */
        held: number
      }[]
      endpoints: {
        endpointId: string
        /** @description attempts that succeeded */
        succeeded: number
        /** @description attempts that failed */
        failed: number
        /** @description deliveries that were put on hold */
        held: number
        /** @description of the attempts; null without any */
        successRate: number | null
        p50Ms: number | null
        /** @description read off a histogram, so right to the width of its bucket */
        p95Ms: number | null
      }[]
    }
    DeliveryList: {
      data: components["schemas"]["Delivery"][]
      nextCursor: string | null
    }
    AccountList: {
      data: components["schemas"]["Account"][]
      nextCursor: string | null
    }
    /** @description A connected LinkedIn account, and how its polling goes. */
    Account: {
      /** @description ConnectSafely's own */
      id: string
      name: string | null
      publicId: string | null
      profileUrn: string | null
      pictureUrl: string | null
      /** @enum {string} */
      status: "baselining" | "healthy" | "stale" | "failing" | "auth_failed" | "disconnected"
      statusReason: string | null
      /** Format: date-time */
      statusChangedAt: string
      /**
       * @description the dialect of upstream that answered last
       * @enum {string|null}
       */
      dialect: "legacy" | "conversations" | null
      /**
       * Format: date-time
       * @description messages up to here are history and make no events
       */
      baselinedAt: string | null
      /**
       * Format: date-time
       * @description end of the last poll that succeeded
       */
      lastPolledAt: string | null
      /** Format: date-time */
      lastAttemptedAt: string | null
      /** Format: date-time */
      nextPollAt: string | null
      /** Format: date-time */
      lastMessageAt: string | null
      /** @description of the newest message event: from sent to seen */
      lagMs: number | null
      consecutiveFailures: number
      lastError: {
        kind: string
        message: string
        status: number | null
        /** Format: date-time */
        at: string
      } | null
      conversations: {
        tracked: number
        quarantined: number
      }
      unreadableMessages: number
      /** @description a name of your own */
      label: string | null
      /** @description not polled by itself */
      paused: boolean
      /** @description an interval of its own; null: the deployment's */
      pollSeconds: number | null
      /** @description what 24 hours should have brought, and what of it had been missing and was published then */
      lastReconciliation: {
        /** Format: date-time */
        at: string
        checked: number
        missing: number
      } | null
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
    }
    /** @description Fields left out stay as they are; null sets a field back to its default. */
    AccountPatch: {
      /** @description a name of your own */
      label?: string | null
      /** @description not polled by itself while true; nothing that arrives meanwhile is lost */
      paused?: boolean | null
      /** @description an interval of its own */
      pollSeconds?: number | null
    }
    Forgotten: {
      forgotten: number
    }
    /** @description What a backfill would have to read, by the list of conversations alone. How many messages are in them only reading them would tell. */
    BackfillEstimate: {
      /** @description with activity since then: each is read, with at least one request */
      conversations: number
      /**
       * Format: date-time
       * @description the first of their last activities
       */
      oldest: string | null
      /**
       * Format: date-time
       * @description the last of them
       */
      newest: string | null
      /** @description false where the list goes on behind 5 pages: there are more */
      exact: boolean
    }
    /** @description A replay, backfill or reconciliation at work. Kept for 7 days after its end. */
    Job: {
      id: string
      /** @enum {string} */
      kind: "replay" | "backfill" | "reconcile"
      /** @enum {string} */
      status: "queued" | "running" | "succeeded" | "failed" | "cancelled"
      /** @description of a replay */
      endpointId: string | null
      /** @description of a backfill or reconciliation */
      accountId: string | null
      /** @description what was asked for */
      input: {
        [key: string]: unknown
      }
      /** @description of a replay: deliveries it is about; while it is unfinished exact up to 5,000 events. Of a backfill: events that it made so far; of a reconciliation: messages that it checked so far */
      matched: number
      /** @description of a replay: of `matched` opened again, or found open; they may still wait for their turn. Otherwise the same as `matched` */
      done: number
      /** @description of a reconciliation: events that had been missing */
      missing: number | null
      error: string | null
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      finishedAt: string | null
    }
    BackfillCreate: {
      /**
       * Format: date-time
       * @description messages sent at or after this instant, at most 90 days ago
       */
      since: string
      /** @description only these endpoints get the events; left out: all that ask for them. The bus has them for everyone */
      endpointIds?: string[] | null
      /** @description only estimate; left out: false */
      dryRun?: boolean | null
    }
    TypingCreate: {
      conversationId: string
    }
    /** @description Messages as upstream shows them now. */
    MessageList: {
      data: {
        id: string
        urn: string
        /** @description "" when there is none; cut at 100,000 characters */
        text: string
        subject: string | null
        /** Format: date-time */
        sentAt: string
        /** @enum {string} */
        direction: "inbound" | "outbound" | "unknown"
        sender: {
          /** @description LinkedIn's profile id; null for an organisation or LinkedIn itself */
          id: string | null
          name: string | null
          headline: string | null
          /** @description `/in/ACoAA…`: not the vanity address */
          profileUrl: string | null
          /** @description expires: fetch it soon or not at all */
          pictureUrl: string | null
          urn: string | null
        } | null
        attachments: {
          type: string
          url: string | null
          name: string | null
        }[]
        reactions: {
          emoji: string
          count: number
        }[]
        truncated: boolean
      }[]
      nextCursor: string | null
    }
    /** @description A key that was just made. */
    KeyWithSecret: {
      id: string
      name: string
      /** @description how the key begins: tells keys apart */
      prefix: string
      scopes: ("read" | "endpoints" | "conversations" | "admin")[]
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      expiresAt: string | null
      /**
       * Format: date-time
       * @description right to ten minutes
       */
      lastUsedAt: string | null
      /** @description shown here and never again */
      key: string
    }
    KeyCreate: {
      name: string
      /** @description read: all GET; endpoints: write them; conversations: typing; admin: everything */
      scopes: ("read" | "endpoints" | "conversations" | "admin")[]
      /**
       * Format: date-time
       * @description left out: the key does not end by itself
       */
      expiresAt?: string | null
    }
    KeyList: {
      data: components["schemas"]["Key"][]
      nextCursor: string | null
    }
    /** @description A key of this API. The key itself is kept nowhere. */
    Key: {
      id: string
      name: string
      /** @description how the key begins: tells keys apart */
      prefix: string
      scopes: ("read" | "endpoints" | "conversations" | "admin")[]
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      expiresAt: string | null
      /**
       * Format: date-time
       * @description right to ten minutes
       */
      lastUsedAt: string | null
    }
    /** @description What a replay would come to. */
    ReplayCount: {
      /** @description deliveries that the replay would come to */
      matched: number
      /**
       * Format: date-time
       * @description when the first of these events was seen
       */
      oldest: string | null
      /**
       * Format: date-time
       * @description when the last of them was seen
       */
      newest: string | null
      /** @description false where counting ended early, after 5,000 events or 5 s: there may be more */
      exact: boolean
    }
    /** @description What is given must all hold for an event. */
    ReplayCreate: {
      /**
       * Format: date-time
       * @description events seen at or after this instant; needed where there are no `eventIds`
       */
      since?: string | null
      /**
       * Format: date-time
       * @description events seen before this instant; left out: all that are published now
       */
      until?: string | null
      /** @description of these types only; left out: all that the endpoint asks for */
      eventTypes?: string[] | null
      /** @description these events only */
      eventIds?: string[] | null
      /** @description only deliveries that ended without success; left out: false */
      onlyFailed?: boolean | null
      /** @description only count; left out: false */
      dryRun?: boolean | null
    }
    JobList: {
      data: components["schemas"]["Job"][]
      nextCursor: string | null
    }
  }
  responses: {
    /** @description What is wrong, and with which field */
    Problem: {
      headers: {
        /** @description what the log has more under */
        "request-id"?: string
        /** @description seconds; with `rate_limited` */
        "retry-after"?: number
        /** @description with `unauthorized` */
        "www-authenticate"?: string
        /** @description the methods that there are; with `method_not_allowed` */
        allow?: string
        [name: string]: unknown
      }
      content: {
        "application/problem+json": components["schemas"]["Problem"]
      }
    }
  }
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type $defs = Record<string, never>
export type operations = Record<string, never>
