import type { components } from "../generated/openapi.ts"

type Schemas = components["schemas"]

/** One HTTP try at an endpoint. */
export type Attempt = Schemas["Attempt"]
/** One event for one endpoint. */
export type Delivery = Schemas["Delivery"]
/** With its attempts, oldest first. */
export type DeliveryWithAttempts = Schemas["DeliveryWithAttempts"]
export type DeliveryStatus = Delivery["status"]

/** Where a subscriber wants events. */
export type Endpoint = Schemas["Endpoint"]
/** In the answers to create and rotateSecret only. */
export type EndpointWithSecret = Schemas["EndpointWithSecret"]
export type EndpointCreate = Schemas["EndpointCreate"]
export type EndpointPatch = Schemas["EndpointPatch"]
export type EndpointRotate = Schemas["EndpointRotate"]
export type EndpointPreview = Schemas["EndpointPreview"]
export type EndpointPreviewResult = Schemas["EndpointPreviewResult"]
export type EndpointStatus = Endpoint["status"]

/** A connected LinkedIn account. */
export type Account = Schemas["Account"]
export type AccountPatch = Schemas["AccountPatch"]
export type BackfillCreate = Schemas["BackfillCreate"]
export type BackfillEstimate = Schemas["BackfillEstimate"]

export type Trace = Schemas["Trace"]
export type CustomEventCreate = Schemas["CustomEventCreate"]

/** A replay, backfill or reconciliation at work. */
export type Job = Schemas["Job"]
export type JobKind = Job["kind"]
export type JobStatus = Job["status"]
export type ReplayCreate = Schemas["ReplayCreate"]
export type ReplayCount = Schemas["ReplayCount"]

/** A key of the API, without the key itself. */
export type Key = Schemas["Key"]
/** In the answer to create only. */
export type KeyWithSecret = Schemas["KeyWithSecret"]
export type KeyCreate = Schemas["KeyCreate"]

export type Me = Schemas["Me"]
export type Health = Schemas["Health"]
export type Stats = Schemas["Stats"]
export type Problem = Schemas["Problem"]
export type FieldError = Problem["errors"][number]

/** A page of a list; `nextCursor` is null at its end. */
export interface Page<Item> {
  data: Item[]
  nextCursor: string | null
}

/** An instant: a `Date`, or ISO 8601 text with its zone. */
export type Time = Date | string

/** For a filter that takes one value or several. Values that this version does not know may be named too. */
export type OneOrMore<Value extends string> = Value | (string & {}) | readonly (Value | (string & {}))[]
