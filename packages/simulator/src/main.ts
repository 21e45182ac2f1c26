import { parseArgs } from "node:util"
import { createSimulator, type SimulatorOptions } from "./simulator.ts"

const USAGE = `A ConnectSafely to develop and test against, with its controls under /_simulator/.

  --port 0                     0: any free port
  --host 127.0.0.1
  --dialect legacy             or conversations: legacy reads answer 307
  --generation v2              or v1
  --anchor exclusive           or inclusive
  --api-key <key>              by default any bearer token is let in
  --requests-per-minute <n>    by default unlimited
  --accounts <n>               by default 2 with --history, else none
  --history                    old conversations
  --people <ms>                somebody writes so often

Prints one line of JSON, {"url": "…"}, once it listens.`

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    host: { type: "string", default: "127.0.0.1" },
    dialect: { type: "string", default: "legacy" },
    generation: { type: "string", default: "v2" },
    anchor: { type: "string", default: "exclusive" },
    "api-key": { type: "string" },
    "requests-per-minute": { type: "string" },
    accounts: { type: "string" },
    history: { type: "boolean", default: false },
    people: { type: "string" },
    help: { type: "boolean", default: false },
  },
})

if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

const oneOf = <T extends string>(name: string, value: string, allowed: readonly T[]): T => {
  const found = allowed.find((each) => each === value)
  if (found === undefined) throw new Error(`--${name} is one of ${allowed.join(", ")}`)
  return found
}
const number = (name: string, value: string): number => {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} is a whole number`)
  return Number(value)
}

const options: SimulatorOptions = {
  dialect: oneOf("dialect", values.dialect, ["legacy", "conversations"]),
  generation: oneOf("generation", values.generation, ["v1", "v2"]),
  anchor: oneOf("anchor", values.anchor, ["inclusive", "exclusive"]),
  history: values.history,
  control: true,
}
const perMinute = values["requests-per-minute"]
if (values["api-key"] !== undefined) options.apiKey = values["api-key"]
if (values.accounts !== undefined) options.accounts = number("accounts", values.accounts)
if (perMinute !== undefined) options.requestsPerMinute = number("requests-per-minute", perMinute)

const simulator = createSimulator(options)
const { url } = await simulator.listen(number("port", values.port), values.host)
if (values.people !== undefined) simulator.startPeople({ everyMs: number("people", values.people) })
console.log(JSON.stringify({ url }))

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    void simulator.close().then(() => process.exit(0))
  })
