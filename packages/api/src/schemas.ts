import { z } from "@hono/zod-openapi"
import { accountStatuses } from "@posthorn/core/account"
import { deliveryStatuses, errorKinds, triggers } from "@posthorn/core/delivery"
import { circuitStates, endpointFormats, endpointOrderings, endpointStatuses } from "@posthorn/core/endpoint"

import { listOf } from "./list.ts"

/** What is answered: the shapes that everybody builds on. A field may be added, none renamed, dropped or retyped. */

const Time = z.iso.datetime({ precision: 3 })
const Text = z.string().nullable()
/** For a schema that has a name: `.nullable()` would make the named one itself nullable, wherever the document refers to it. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.null()])
const Count = z.int().min(0)

export const Health = z.object({ status: z.literal("ok") }).meta({ id: "Health" })

export const Me = z
  .object({
    key: z.object({ id: z.string(), name: z.string(), scopes: z.array(z.string()) }),
    deployment: z.object({
      name: z.string(),
      stage: z.string(),
      version: z.string(),
      upstream: z.enum(["connectsafely", "simulator", "not_configured"]),
    }),
    session: z.object({ expiresAt: Time }).nullable().describe("of a cookie; null with a key"),
  })
  .meta({ id: "Me" })

export const Account = z
  .object({
    id: z.string().describe("ConnectSafely's own"),
    name: Text,
    publicId: Text,
    profileUrn: Text,
    pictureUrl: Text,
    status: z.enum(accountStatuses),
    statusReason: Text,
    statusChangedAt: Time,
    dialect: z.enum(["legacy", "conversations"]).nullable().describe("the dialect of upstream that answered last"),
    baselinedAt: Time.nullable().describe("messages up to here are history and make no events"),
    lastPolledAt: Time.nullable().describe("end of the last poll that succeeded"),
    lastAttemptedAt: Time.nullable(),
    nextPollAt: Time.nullable(),
    lastMessageAt: Time.nullable(),
    lagMs: z.int().nullable().describe("of the newest message event: from sent to seen"),
    consecutiveFailures: Count,
    lastError: z.object({ kind: z.string(), message: z.string(), status: z.int().nullable(), at: Time }).nullable(),
    conversations: z.object({ tracked: Count, quarantined: Count }),
    unreadableMessages: Count,
    label: Text.describe("a name of your own"),
    paused: z.boolean().describe("not polled by itself"),
    pollSeconds: z.int().nullable().describe("an interval of its own; null: the deployment's"),
    lastReconciliation: z
      .object({ at: Time, checked: Count, missing: Count })
      .nullable()
      .describe("what 24 hours should have brought, and what of it had been missing and was published then"),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: "Account", description: "A connected LinkedIn account, and how its polling goes." })

export const Endpoint = z
  .object({
    id: z.string(),
    url: z.string(),
    description: Text,
    eventTypes: z.array(z.string()),
    filter: z
      .unknown()
      .nullable()
      .meta({ type: ["object", "null"], additionalProperties: true }),
    format: z.enum(endpointFormats),
    ordering: z.enum(endpointOrderings),
    headers: z.record(z.string(), z.string()).describe("values are write-only: `[redacted]`"),
    rateLimit: z.int().nullable().describe("deliveries per second"),
    metadata: z.record(z.string(), z.string()),
    status: z.enum(endpointStatuses),
    disabledReason: z.enum(["gone", "failing"]).nullable(),
    disabledAt: Time.nullable(),
    circuit: z.object({
      state: z.enum(circuitStates),
      openedAt: Time.nullable(),
      nextProbeAt: Time.nullable(),
    }),
    notBefore: Time.nullable().describe("the instant that a Retry-After asked for"),
    heldCount: Count.describe("deliveries that wait; exact up to 10,000"),
    previousSecretExpiresAt: Time.nullable(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: "Endpoint", description: "Where a subscriber wants events." })

export const EndpointWithSecret = Endpoint.extend({
  secret: z.string().describe("shown here and never again; verifies the signature of each webhook"),
}).meta({ id: "EndpointWithSecret", description: "An endpoint that was just made." })

const Attempt = z
  .object({
    id: z.string(),
    number: z.int().min(1),
    trigger: z.enum(triggers),
    startedAt: Time,
    durationMs: z.int().min(0),
    outcome: z.enum(["succeeded", "failed"]),
    errorKind: z.enum(errorKinds).nullable(),
    errorMessage: Text,
    responseStatus: z.int().nullable(),
    retryAfterSeconds: z.number().nullable(),
    responseBody: Text.describe("its first 1 KB, with our secrets blanked out"),
    responseBodyTruncated: z.boolean(),
  })
  .meta({ id: "Attempt", description: "One HTTP try." })

const statusReasons = [
  "paused",
  "circuit_open",
  "retry_after",
  "disabled",
  "ordering",
  "endpoint_deleted",
  "endpoint_gone",
  "expired",
] as const

export const Delivery = z
  .object({
    id: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    endpointId: z.string(),
    accountId: Text,
    status: z.enum(deliveryStatuses),
    statusReason: z.enum(statusReasons).nullable(),
    attemptCount: Count,
    nextAttemptAt: Time.nullable(),
    createdAt: Time,
    updatedAt: Time,
    finishedAt: Time.nullable(),
    lastAttempt: orNull(Attempt),
  })
  .meta({ id: "Delivery", description: "One event for one endpoint." })

export const DeliveryWithAttempts = Delivery.extend({
  attempts: z.array(Attempt).describe("the newest 30, oldest first"),
}).meta({ id: "DeliveryWithAttempts", description: "A delivery with each of its attempts." })

export const AccountList = listOf(Account, "AccountList")
export const EndpointList = listOf(Endpoint, "EndpointList")
export const DeliveryList = listOf(Delivery, "DeliveryList")
