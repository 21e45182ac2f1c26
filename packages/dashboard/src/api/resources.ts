import type { InferRequestType, InferResponseType } from "hono/client"

import type { api } from "./client.ts"

/** The resources as the API's routes type them: nothing is said twice. */

type Api = typeof api
type Row<List> = List extends { data: (infer Item)[] } ? Item : never

export type Me = InferResponseType<Api["me"]["$get"]>
export type Account = InferResponseType<Api["accounts"][":id"]["$get"]>
export type Endpoint = InferResponseType<Api["endpoints"][":id"]["$get"]>
export type EndpointWithSecret = InferResponseType<Api["endpoints"]["$post"]>
export type EndpointInput = InferRequestType<Api["endpoints"]["$post"]>["json"]
export type Delivery = Row<InferResponseType<Api["deliveries"]["$get"]>>
export type DeliveryWithAttempts = InferResponseType<Api["deliveries"][":id"]["$get"]>
export type Attempt = DeliveryWithAttempts["attempts"][number]
export type Event = InferResponseType<Api["events"][":id"]["$get"]>
export type Trace = InferResponseType<Api["events"][":id"]["trace"]["$get"]>
export type Stats = InferResponseType<Api["stats"]["$get"]>
export type Job = InferResponseType<Api["jobs"][":id"]["$get"]>
export type Key = Row<InferResponseType<Api["keys"]["$get"]>>

export type MessageData = Extract<Event["data"], { message: unknown }>
export type Message = MessageData["message"]
export type Participant = NonNullable<Message["sender"]>
export type Conversation = MessageData["conversation"]

/** What a message event tells; null for an event of another kind, whose data may hold anything: a `message` too. */
export const messageData = (event: Event): MessageData | null =>
  event.type.startsWith("message.") ? (event.data as MessageData) : null
