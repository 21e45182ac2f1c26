import type { Latency } from "./latency.ts"
import type { machineOf } from "./machine.ts"
import type { Memory } from "./memory.ts"
import type { Throughput } from "./throughput.ts"
import type { UnitsReport } from "./units.ts"
import type { UpstreamUse, Use } from "./upstream.ts"

/** What `--json` writes; parts that were not asked for are absent. */
export interface Results {
  machine: ReturnType<typeof machineOf>
  quick: boolean
  throughput?: Throughput[]
  latency?: Latency
  upstream?: UpstreamUse[]
  units?: UnitsReport
  memory?: Memory
}

/** What is measured, what it came to, and what we aim for. */
type Row = [what: string, figure: string, aim?: string]

export const table = (results: Results): string => {
  const { machine, throughput = [], latency, upstream = [], units, memory } = results
  const rows: Row[] = [
    ...throughput.flatMap(throughputRows),
    ...(latency === undefined ? [] : latencyRows(latency)),
    ...upstream.flatMap(upstreamRows),
    ...(units === undefined ? [] : unitsRows(units)),
    ...(memory === undefined ? [] : memoryRows(memory)),
  ]
  const width = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)))
  const lines = rows.map(([what, figure, aim = ""]) =>
    `${what.padEnd(width[0] ?? 0)}  ${figure.padEnd(width[1] ?? 0)}  ${aim}`.trimEnd(),
  )
  return `${[heading(machine, results.quick), "", ...lines].join("\n")}\n`
}

const heading = (machine: Results["machine"], isQuick: boolean): string =>
  [
    `Posthorn on ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.platform}, Node ${machine.node}; load ${machine.loadBefore.toFixed(1)} before.`,
    "Absolute figures are noisy; the ratios, taken side by side in one run, are what counts.",
    ...(isQuick ? ["A quick run: smaller numbers, and less to be relied on."] : []),
  ].join("\n")

const throughputRows = (part: Throughput): Row[] => {
  const { endpoints, deliveries, rounds, relay, bare, plain, ratio } = part
  const label = `(a) ${endpoints} endpoint${endpoints === 1 ? "" : "s"}`
  const side = ({ perSecond, all, cpuMicros }: Throughput["relay"]): string =>
    `${grouped(perSecond)}/s, ${Math.round(cpuMicros)} µs CPU each (rounds: ${all.join(", ")})`
  return [
    [
      `${label}: ratio relay / bare`,
      `${ratio.perSecond.toFixed(2)} on the clock, ${ratio.cpu.toFixed(2)} in CPU`,
      "0.4 or better",
    ],
    [`${label}: relay`, side(relay), `median of ${rounds}, ${grouped(deliveries)} deliveries each`],
    [`${label}: bare, the relay's own POST`, side(bare)],
    [`${label}: bare, a plain node:http agent`, side(plain), `relay / plain ${ratio.toPlain.toFixed(2)}`],
  ]
}

const latencyRows = ({ messages, p50, p99 }: Latency): Row[] => [
  ["(b) poll to received, p50", `${p50.toFixed(1)} ms`, `under 30 ms; ${messages} messages`],
  ["(b) poll to received, p99", `${p99.toFixed(1)} ms`],
]

const upstreamRows = ({ dialect, idle, single, several, lively }: UpstreamUse): Row[] => {
  const use = ({ listPerPoll, otherPerPoll, threadsPerChangedConversation, perMessage }: Use): string =>
    [
      `${short(listPerPoll)} list`,
      ...(threadsPerChangedConversation === null ? [] : [`${short(threadsPerChangedConversation)} thread / changed`]),
      `${short(otherPerPoll)} other`,
      ...(perMessage === null ? [] : [`${short(perMessage)} / message`]),
    ].join(", ")
  return [
    [`(c) ${dialect}: idle poll`, use(idle), "1 list"],
    [`(c) ${dialect}: 1 message`, use(single), "1 list, 1 thread"],
    [`(c) ${dialect}: 6 messages in 3 conversations`, use(several), "1 list, 1 thread for each"],
    [`(c) ${dialect}: 1 message, lively thread`, use(lively)],
  ]
}

/** Steps that the aims speak of; the others are reported as they are. */
const unitAims: Record<string, string> = {
  firstTryDelivery: "2 requests, 3 units",
  eventOf2KBWith200KnownIds: "9 units",
}

const unitsRows = (units: UnitsReport): Row[] => {
  if ("skipped" in units) return [["(d) skipped", units.skipped]]
  return Object.entries(units.counted).map(([step, { writeRequests, writeUnits, readRequests, readUnits }]) => [
    `(d) ${step}`,
    `${writeRequests} writes: ${writeUnits} units; ${readRequests} reads: ${readUnits} units`,
    unitAims[step] ?? "",
  ])
}

const memoryRows = ({ deliveries, endpoints, start, end, bareEnd, perSecond }: Memory): Row[] => [
  [
    `(e) resident after ${grouped(deliveries)} deliveries`,
    megabytes(end),
    `${endpoints} endpoints, ${grouped(perSecond)}/s`,
  ],
  ["(e) resident at the start", megabytes(start)],
  ["(e) bare after as many", megabytes(bareEnd), "no store at all: what V8 keeps for later"],
]

const megabytes = ({ rss, heapUsed }: Memory["end"]): string =>
  `${Math.round(rss)} MB (JavaScript holds ${Math.round(heapUsed)})`
const grouped = (value: number): string => Math.round(value).toLocaleString("en-US")
const short = (value: number): string => String(Math.round(value * 100) / 100)
