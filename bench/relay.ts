// The whole relay on a file that has the events in its logs already: its first poll of each account finds them behind
// `published`, as after a crash, and from there on it is fan-out, queue and delivery.
import { createLogger } from "@posthorn/local/logger"
import { createRuntime } from "@posthorn/local/runtime"
import { toSettings } from "@posthorn/core/settings"

import { cpuMs, inputOf, residentMb, say } from "./child.ts"

export interface RelayInput {
  path: string
  upstreamUrl: string
  encryptionKey: string
}

export interface RelayReport {
  cpuMs: number
  startMb: number
  endMb: number
}

const { path, upstreamUrl, encryptionKey } = inputOf() as RelayInput

const runtime = await createRuntime({
  settings: toSettings({ PORT: "0" }),
  path,
  upstream: { baseUrl: upstreamUrl, apiKey: "bench" },
  adminKey: "phk_bench",
  encryptionKeys: [new Uint8Array(Buffer.from(encryptionKey, "base64"))],
  // As it comes, but for the lines: information is written about polls alone, and would be in the table's way.
  logger: createLogger("warn"),
  say: null,
})
await runtime.discover()
const startMb = residentMb()
const startedAt = cpuMs()
runtime.start()

// Who started this one asks, when the receiver has everything.
process.once("message", () => {
  void (async () => {
    await runtime.idle()
    const used = cpuMs() - startedAt
    await say({ cpuMs: used, startMb, endMb: residentMb() } satisfies RelayReport)
    await runtime.stop()
    process.exit()
  })()
})
