import { EXAMPLE_SECRET, customExample, eventExamples, SEEN_AT } from "@posthorn/api/event-examples"
import { eventSchemaFiles, schemaNames, schemaPath } from "@posthorn/api/event-json-schemas"
import { placeOf, SOURCE } from "@posthorn/aws/bus-event"
import { signHeaders, parseSecret } from "@posthorn/core/delivery/sign"
import { catalogue, isEventType } from "@posthorn/core/event"
import { SECOND_MS } from "@posthorn/core/time"
import { VERSION } from "@posthorn/local/version"

/**
 * AsyncAPI 3.0 of what Posthorn sends: every type of the catalogue on the two channels it goes out by, the bus and the webhooks.
 * https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */

type Name = (typeof schemaNames)[number]
interface Example {
  id: string
  type: string
  timestamp: string
}

const about = `What Posthorn tells, and how it goes out: on an EventBridge bus of the AWS account that it is deployed to, and as webhooks signed
after Standard Webhooks 1.0. Both carry the same event, at least once and in no promised order: deduplicate by its \`id\`. Ignore fields
and types that you do not know: we only ever add. The HTTP API is in \`/openapi.json\`, the JSON Schema of each type alone at
\`/schemas/<type>.json\`.`

/** A ping goes to the endpoint that is tested, and nowhere else. */
const onBus = (name: Name): boolean => name !== "ping"

/** `message.received` -> `MessageReceived`. */
const componentOf = (name: string): string =>
  name
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")

const exampleOf = (name: Name): Example => (isEventType(name) ? eventExamples[name] : customExample)
const summaryOf = (name: Name): string =>
  isEventType(name) ? catalogue[name].summary : "An event of the operator's own: `data` is any object."
const detailTypeOf = (name: Name): object =>
  isEventType(name) ? { type: "string", const: name } : { type: "string", pattern: "^custom\\." }

const ref = (...path: string[]) => ({ $ref: `#/${path.join("/")}` })
const each = <Value>(names: readonly Name[], key: (name: Name) => string, value: (name: Name) => Value) =>
  Object.fromEntries(names.map((name) => [key(name), value(name)]))

/** Those that are served alone, without what only a document of its own has. AsyncAPI's dialect is a superset of draft-07. */
const schemas = Object.fromEntries(
  eventSchemaFiles().map(([file, schema]) => {
    const own = Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "$id")
    return [componentOf(file.replace(/^schemas\/|\.json$/g, "")), Object.fromEntries(own)]
  }),
)

/** EventBridge's envelope: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const busPayload = (name: Name) => ({
  type: "object",
  required: ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"],
  properties: {
    version: { type: "string", const: "0" },
    id: { type: "string", description: "EventBridge's own, another one at each try: deduplicate by `detail.id`" },
    "detail-type": { ...detailTypeOf(name), description: "the event's `type`" },
    source: { type: "string", const: SOURCE },
    account: { type: "string", description: "the AWS account of the bus that it was put on first" },
    time: { type: "string", format: "date-time", description: "the event's `timestamp`, in whole seconds" },
    region: { type: "string" },
    resources: {
      type: "array",
      items: { type: "string" },
      description: "one: the event's place in Posthorn's log, for Posthorn itself",
    },
    detail: ref("components", "schemas", componentOf(name)),
  },
})

const busExample = (name: Name) => {
  const detail = exampleOf(name)
  return {
    version: "0",
    id: "0d7a1b5e-5c83-4a1e-9f06-2f2b6f0d9c11",
    "detail-type": detail.type,
    source: SOURCE,
    account: "123456789012",
    time: detail.timestamp.replace(/\.\d+Z$/, "Z"),
    region: "eu-west-1",
    resources: [placeOf("60d21b4667d0d8992e610c85", 7)],
    detail,
  }
}

const webhookHeaders = {
  type: "object",
  required: ["webhook-id", "webhook-timestamp", "webhook-signature"],
  properties: {
    "webhook-id": { type: "string", description: "the event's id, the same on every attempt" },
    "webhook-timestamp": { type: "string", pattern: "^\\d+$", description: "seconds since 1970 of this attempt" },
    "webhook-signature": {
      type: "string",
      pattern: "^v1,[A-Za-z0-9+/]+=*( v1,[A-Za-z0-9+/]+=*)*$",
      description: `\`v1,\` and the base64 HMAC-SHA256 of \`id.timestamp.body\`; two of them while a secret is rotated. The examples are signed with \`${EXAMPLE_SECRET}\`, their bodies as \`JSON.stringify\` writes them`,
    },
  },
}

const webhookExample = (name: Name) => {
  const payload = exampleOf(name)
  const signed = signHeaders({
    eventId: payload.id,
    timestamp: Math.floor(Date.parse(SEEN_AT) / SECOND_MS),
    body: JSON.stringify(payload),
    secrets: [parseSecret(EXAMPLE_SECRET)],
  })
  return { headers: { ...signed }, payload }
}

const message = (name: Name) => ({
  name: isEventType(name) ? name : "custom.*",
  title: isEventType(name) ? name : "custom.*",
  summary: summaryOf(name),
  contentType: "application/json",
})

const busNames = schemaNames.filter(onBus)
const webhookName = (name: Name): string => `${componentOf(name)}Webhook`
const busName = (name: Name): string => `${componentOf(name)}OnBus`

export const asyncApiDocument = {
  asyncapi: "3.0.0",
  info: { title: "Posthorn events", version: VERSION, description: about, license: { name: "MIT" } },
  defaultContentType: "application/json",
  servers: {
    eventbridge: {
      host: "events.{region}.amazonaws.com",
      protocol: "eventbridge",
      description: "Amazon EventBridge, where Posthorn is deployed to AWS.",
      variables: { region: { description: "that of the deployment", examples: ["eu-west-1"] } },
    },
    subscriber: {
      host: "{host}",
      protocol: "https",
      description: "Whoever registered a URL: `POST /v1/endpoints`.",
      variables: { host: { description: "that of the endpoint's `url`", examples: ["hooks.example.com"] } },
    },
  },
  channels: {
    bus: {
      address: "{bus}",
      title: "The bus",
      description: `Take part by a rule with the pattern \`{"source": ["${SOURCE}"]}\`, narrowed by \`detail-type\` and by fields of \`detail\`. Every published event is here; a \`ping\` is not.`,
      servers: [ref("servers", "eventbridge")],
      parameters: { bus: { description: "its name, which a deploy prints as `bus`" } },
      messages: each(
        busNames,
        (name) => name,
        (name) => ref("components", "messages", busName(name)),
      ),
    },
    webhook: {
      address: null,
      title: "Webhooks",
      description:
        "One POST for each event and endpoint that asked for it, in the format `standard` (docs/formats.md has the other bodies). Any 2xx within 15 s is success, 410 disables the endpoint, `Retry-After` is kept to; all else is tried again.",
      servers: [ref("servers", "subscriber")],
      messages: each(
        schemaNames,
        (name) => name,
        (name) => ref("components", "messages", webhookName(name)),
      ),
    },
  },
  operations: {
    publish: {
      action: "send",
      channel: ref("channels", "bus"),
      summary: "Every event, once it is stored, to the rules of whoever listens.",
    },
    deliver: {
      action: "send",
      channel: ref("channels", "webhook"),
      summary: "An event to an endpoint that asked for it.",
      bindings: { http: { method: "POST", bindingVersion: "0.3.0" } },
    },
  },
  components: {
    schemas: { ...schemas, WebhookHeaders: webhookHeaders },
    messages: {
      ...each(busNames, busName, (name) => ({
        ...message(name),
        payload: busPayload(name),
        examples: [{ name: "example", payload: busExample(name) }],
      })),
      ...each(schemaNames, webhookName, (name) => ({
        ...message(name),
        description: `Its JSON Schema alone: \`${schemaPath(name)}\`.`,
        headers: ref("components", "schemas", "WebhookHeaders"),
        payload: ref("components", "schemas", componentOf(name)),
        bindings: { http: { headers: ref("components", "schemas", "WebhookHeaders"), bindingVersion: "0.3.0" } },
        examples: [{ name: "example", ...webhookExample(name) }],
      })),
    },
  },
}

/** For scripts/docs.ts: the file that /asyncapi.json serves. */
export const asyncApiDoc = ["packages/api/static/asyncapi.json", JSON.stringify(asyncApiDocument, null, 2)] as const
