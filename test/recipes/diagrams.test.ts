import { deliveryStatuses, isFinished } from "@posthorn/core/delivery"
import { DEFAULT_CIRCUIT } from "@posthorn/core/delivery/circuit"
import { circuitStates } from "@posthorn/core/endpoint"
import { expect, it } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"

/** Mermaid is no dependency: this is the part of its grammar that the docs use. What is outside of it is an error here. */
const LABEL = "[\\w/&.' -]+"
const NODE = `(\\w+)(?:\\[(${LABEL})\\]|\\[\\((${LABEL})\\)\\]|\\[\\[(${LABEL})\\]\\])?`
const LINK = `(?:<?-->(?:\\|[\\w,:'/ -]+\\|)?|-\\.->|---)`
const FLOW_LINE = new RegExp(`^  ${NODE} ${LINK} ${NODE}$`)
/** A second colon, or a semicolon, would end the label. */
const STATE_LINE = /^ {2}(\[\*\]|\w+) --> (\[\*\]|\w+)(?:: ([^:;]+))?$/

const linesOf = (diagram: string, kind: string): string[] => {
  const [first, ...lines] = diagram.trimEnd().split("\n")
  expect(first).toBe(kind)
  return lines
}
const read = (pattern: RegExp, line: string): RegExpExecArray => {
  const match = pattern.exec(line)
  if (match === null) throw new Error(`no line of a diagram: ${line}`)
  return match
}
interface Edge {
  from: string
  to: string
  label: string
}
const edgesOf = (diagram: string): Edge[] =>
  linesOf(diagram, "stateDiagram-v2").map((line) => {
    const [, from = "", to = "", label = ""] = read(STATE_LINE, line)
    return { from, to, label }
  })
const statesIn = (edges: Edge[]): string[] =>
  [...new Set(edges.flatMap(({ from, to }) => [from, to]))].filter((state) => state !== "[*]").toSorted()

it("the picture of the stages can be drawn, and says once what each of its nodes is", () => {
  const labels = new Map<string, string[]>()
  for (const line of linesOf(blockOf("docs/architecture.md", "How Posthorn works"), "flowchart LR")) {
    const [, from, ...rest]: (string | undefined)[] = read(FLOW_LINE, line)
    const nodes = [[from, ...rest.slice(0, 3)], rest.slice(3)]
    for (const [id = "", ...shapes] of nodes)
      labels.set(id, [...(labels.get(id) ?? []), ...shapes.filter((shape) => shape !== undefined)])
  }
  for (const [id, said] of labels) expect(said, id).toHaveLength(1)
  expect([...labels.values()].flat()).toEqual(expect.arrayContaining(["poll", "bus", "fan-out", "deliver", "sweep"]))
})

it("the picture of a delivery's states has those of the code, and out of a finished one leads only a request", () => {
  const edges = edgesOf(blockOf("docs/architecture.md", "A delivery's states"))
  expect(statesIn(edges)).toEqual(deliveryStatuses.toSorted())
  const finished: readonly string[] = deliveryStatuses.filter((status) => isFinished(status))
  for (const { from, label } of edges)
    if (finished.includes(from)) expect(label, `out of ${from}`).toMatch(/on request$|^replay$/)
})

it("the picture of the circuit has the states and the numbers of the code", () => {
  const edges = edgesOf(blockOf("docs/architecture.md", "The gate: circuit, ramp, releaser"))
  expect(statesIn(edges)).toEqual(circuitStates.toSorted())
  const label = (from: string, to: string): string =>
    edges.find((edge) => edge.from === from && edge.to === to)?.label ?? ""
  const { failures, deliveries, probeMs, probeMsMax, rateStart } = DEFAULT_CIRCUIT
  expect(label("closed", "open")).toContain(`the last ${failures} attempts, over at least ${deliveries} deliveries`)
  expect(label("open", "open")).toContain(`(${probeMs / 1_000} s, doubling to ${probeMsMax / 60_000} min)`)
  expect(label("ramping", "open")).toContain(`a failure at ${rateStart} per second`)
})
