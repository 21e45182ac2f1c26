import { afterEach, beforeAll } from "vitest"

import { DEFAULT_CIRCUIT } from "@posthorn/core/delivery/circuit"

import { startReceiver } from "../receiver.ts"
import { ADMIN_KEY, type Relay, type RelayOptions, startRelay } from "../relay.ts"
import { type N8n, startN8n } from "./n8n.ts"
import { loadPackage } from "./package.ts"

/** n8n's libraries are some thousand files. */
const LOAD_MS = 120_000

/** A relay that tries again and lets out sooner than others. */
export const soon: RelayOptions = {
  env: { POSTHORN_RETRY_SECONDS: Array.from({ length: 20 }, () => "1").join(",") },
  circuit: { ...DEFAULT_CIRCUIT, probeMs: 1000, tickMs: 1000 },
}

export interface EndpointJson {
  id: string
  url: string
  eventTypes: string[]
  filter: unknown
  ordering: string
  rateLimit: number | null
  status: string
  circuit: { state: string }
  heldCount: number
  description: string | null
  metadata: Record<string, string>
}

/** A relay on its simulator, and an n8n with one workflow that knows it. Called once, where the file begins. */
export const useStage = () => {
  beforeAll(loadPackage, LOAD_MS)
  const cleanups: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })
  return {
    cleanups,
    start: async (options: RelayOptions = {}): Promise<{ relay: Relay; n8n: N8n }> => {
      const relay = await startRelay(options)
      cleanups.push(
        () => relay.stop(),
        () => relay.simulator.close(),
      )
      const n8n = await startN8n({ url: relay.runtime.url, apiKey: ADMIN_KEY })
      cleanups.push(() => n8n.close())
      return { relay, n8n }
    },
  }
}

/** The relay's endpoints, newest first. */
export const endpoints = async (relay: Relay): Promise<EndpointJson[]> =>
  (await relay.api<{ data: EndpointJson[] }>("/v1/endpoints")).body.data

/** A URL on this machine at which nothing listens (any more). */
export const nobodyHome = async (): Promise<string> => {
  const receiver = await startReceiver()
  await receiver.close()
  return new URL(receiver.url).origin
}

/** What was written in the message that started a run. */
export const textOf = ({ json }: { json: Record<string, unknown> }): string =>
  (json["data"] as { message: { text: string } }).message.text
