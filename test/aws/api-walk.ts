import { DAY_MS, iso } from "@posthorn/core/time"

import type { Cloud } from "./cloud.ts"
import { HINT_SECRET } from "./request-event.ts"

/** Of what there is when the walk begins. */
interface There {
  accountId: string
  conversationId: string
  /** Begins the range of a replay and of a backfill. */
  since: string
}

/** What an operation needs in its body. Those that are not here need none. */
const bodiesFor = ({ accountId, conversationId, since }: There): Record<string, unknown> => ({
  "POST /v1/endpoints": { url: "https://receivers.test/another", eventTypes: ["custom.walked"] },
  "POST /v1/endpoints/preview": { eventTypes: ["message.received"] },
  "PATCH /v1/endpoints/{id}": { description: "Patched" },
  "PATCH /v1/accounts/{id}": { label: "Patched" },
  "POST /v1/accounts/{id}/backfill": { since },
  "POST /v1/accounts/{id}/typing": { conversationId },
  "POST /v1/endpoints/{id}/replay": { since },
  "POST /v1/events": { type: "custom.walked", data: {} },
  "POST /v1/hints/connectsafely": { data: { account_id: accountId } },
  "POST /v1/keys": { name: "of the walk", scopes: ["read"] },
})

/** Operations that another one of the walk has made impossible, and what they answer. */
const REFUSED: Record<string, number> = {
  // The backfill is not finished.
  "POST /v1/accounts/{id}/reconcile": 409,
}

/** Queries that read other indexes than those without a filter, and the endpoint that they ask for. */
const filtered = (endpointId: string): string[] => [
  `/v1/deliveries?endpointId=${endpointId}`,
  `/v1/deliveries?endpointId=${endpointId}&status=exhausted`,
  "/v1/events?after=start",
  "/docs",
]

interface Operation {
  method: string
  path: string
}

/** What is made is there for the others; what is deleted is of no use to them. */
const turn = ({ method, path }: Operation): number =>
  method === "DELETE" ? 2 : method === "POST" && !path.includes("{") ? 0 : 1

/** Asks for every operation of the API's own description, on what there is; answers those that did not do as they should. */
export const walkApi = async (cloud: Cloud): Promise<string[]> => {
  const failed: string[] = []
  const ask = async (target: string, method: string, body?: unknown, wanted?: number): Promise<void> => {
    const isHint = target.startsWith("/v1/hints/")
    const headers = isHint ? { authorization: `Bearer ${HINT_SECRET}` } : {}
    const { status, body: answer } = await cloud.api(target, body, method, headers)
    const isRight = wanted === undefined ? status >= 200 && status < 300 : status === wanted
    if (!isRight) failed.push(`${method} ${target}: ${String(status)} ${JSON.stringify(answer)}`)
  }
  const listed = async <Row = { id: string }>(collection: string): Promise<Row | undefined> =>
    (await cloud.api<{ data?: Row[] }>(collection)).body.data?.[0]
  const firstOf = async (collection: string): Promise<string> => (await listed(collection))?.id ?? "none"

  const message = await listed<{ data: { account: { id: string }; conversation: { id: string } } }>(
    "/v1/events?type=message.received",
  )
  if (message === undefined) throw new Error("the walk needs a message that was received")
  const { account, conversation } = message.data
  const there = { accountId: account.id, conversationId: conversation.id, since: iso(cloud.now() - DAY_MS) }
  const bodies = bodiesFor(there)

  for (const target of filtered(await firstOf("/v1/endpoints"))) await ask(target, "GET")
  const { body: document } = await cloud.api<{ paths: Record<string, Record<string, unknown>> }>("/openapi.json")
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): Operation => ({ method: method.toUpperCase(), path })),
  )
  if (operations.length === 0) throw new Error("the API describes no operation")
  for (const { method, path } of operations.toSorted((a, b) => turn(a) - turn(b))) {
    const [collection = ""] = path.split("/{")
    const id = path.includes("{") ? await firstOf(collection) : ""
    const target = path.replace("{id}", id).replace("{conversationId}", encodeURIComponent(there.conversationId))
    const operation = `${method} ${path}`
    await ask(target, method, method === "GET" ? undefined : (bodies[operation] ?? null), REFUSED[operation])
  }
  return failed
}
