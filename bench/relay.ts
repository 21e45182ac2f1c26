// The whole relay on a file that has the events in its logs already: its first poll of each account finds them behind
// `published`, as after a crash, and from there on it is fan-out, queue and delivery.
import { createLogger } from "@posthorn/local/logger"
import { createRuntime } from "@posthorn/local/runtime"
import { toSettings } from "@posthorn/core/settings"

import { cpuMeter, inputOf, say } from "./child.ts"
import { settledMemory, type MemoryNow } from "./resident.ts"

export interface RelayInput {
  path: string
  upstreamUrl: string
  encryptionKey: string
}

export interface RelayReport {
  cpuMs: number
  start: MemoryNow
  end: MemoryNow
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
const start = await settledMemory()
const cpuMs = cpuMeter()
runtime.start()

const report = async (): Promise<void> => {
  const used = cpuMs()
  await runtime.idle()
  await say({ cpuMs: used, start, end: await settledMemory() } satisfies RelayReport)
  await runtime.stop()
  process.exit()
}

// Who started this one asks, when the receiver has everything.
process.on("message", (message) => {
  if (message === "report") void report()
})
