import { type Bundle, createAppTester, type ZObject } from "zapier-platform-core"

import type { ReceivedRequest } from "../../../test/receiver.ts"
import { ADMIN_KEY, type Relay } from "../../../test/relay.ts"
import app from "../src/index.ts"
import { findEvent } from "../src/find-event.ts"
import { sendTypingIndicator } from "../src/send-typing-indicator.ts"
import type { Subscription } from "../src/subscription.ts"
import { hookTriggers } from "../src/triggers.ts"

/** Zapier, as far as its own tester goes: runs functions of the app with bundles as Zapier makes them. */
export const run = createAppTester(app)

/** A row as Zapier gets it. */
export type Row = Record<string, unknown>
type Perform = (z: ZObject, bundle: Bundle) => Promise<never>

export interface HookOperation {
  perform: Perform
  performList: Perform
  performSubscribe: Perform
  performUnsubscribe: Perform
  sample: Row
  outputFields: { key: string; label?: string; children?: { key: string; label?: string }[] }[]
}

export const operationOf = (key: string): HookOperation => {
  const trigger = (hookTriggers as Record<string, { operation: unknown }>)[key]
  if (trigger === undefined) throw new Error(`no trigger ${key}`)
  return trigger.operation as HookOperation
}

export interface Connected {
  authData: { base_url: string; api_key: string }
}
export const connected = (relay: Relay, apiKey = ADMIN_KEY): Connected => ({
  authData: { base_url: relay.runtime.url, api_key: apiKey },
})

/** The life of one Zap that begins with a trigger: what Zapier does when it is switched on, gets a hook, is switched off. */
export const zapOf = (key: string, connection: Connected, inputData: Record<string, string> = {}) => {
  const operation = operationOf(key)
  const meta = { zap: { id: "4711", user: { timezone: "UTC" } } }
  const base = { ...connection, inputData, meta }
  return {
    switchOn: async (targetUrl: string): Promise<Subscription> =>
      await run<Subscription, Bundle>(operation.performSubscribe, { ...base, targetUrl }),
    switchOff: async (subscribeData: Subscription, targetUrl: string): Promise<Row> =>
      await run<Row, Bundle>(operation.performUnsubscribe, { ...base, subscribeData, targetUrl }),
    hook: async (request: ReceivedRequest, subscribeData: Partial<Subscription>): Promise<Row[]> =>
      await run<Row[], Bundle>(operation.perform, { ...base, ...asZapierGets(request), subscribeData } as never),
    recent: async (): Promise<Row[]> =>
      await run<Row[], Bundle>(operation.performList, { ...base, meta: { ...meta, isLoadingSample: true } }),
  }
}

/** Zapier names headers its own way: `webhook-id` becomes `Http-Webhook-Id`. */
const asZapierGets = ({ method, headers, body }: ReceivedRequest) => ({
  rawRequest: {
    method: method as "POST",
    querystring: "",
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        `Http-${name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}`,
        String(value),
      ]),
    ),
    content: body,
  },
  cleanedRequest: JSON.parse(body) as object,
})

export const search = async (connection: Connected, inputData: Record<string, string>): Promise<Row[]> =>
  await run<Row[], Bundle>(findEvent.operation.perform as Perform, { ...connection, inputData })

export const type = async (connection: Connected, inputData: Record<string, string>): Promise<Row> =>
  await run<Row, Bundle>(sendTypingIndicator.operation.perform as Perform, { ...connection, inputData })

interface EndpointJson {
  id: string
  url: string
  status: string
  disabledReason: string | null
  notBefore: string | null
  rateLimit: number | null
  eventTypes: string[]
  filter: unknown
  description: string | null
  metadata: Record<string, string>
  heldCount: number
}

export const endpoints = async (relay: Relay): Promise<EndpointJson[]> =>
  (await relay.api<{ data: EndpointJson[] }>("/v1/endpoints?limit=100")).body.data
