import { describe, expect, it } from "vitest"

import { type Circuit, closedCircuit } from "../endpoint.ts"
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../time.ts"
import {
  afterFailure,
  afterSuccess,
  DEFAULT_CIRCUIT,
  type Failure,
  isHopeless,
  isOverload,
  ramping,
} from "./circuit.ts"

const NOW = 1_800_000_000_000
const failure = (over: Partial<Failure> = {}): Failure => ({
  eventId: "evt_a",
  trigger: "schedule",
  startedAt: NOW,
  isOverload: false,
  ...over,
})
const fail = (circuit: Circuit, over: Partial<Failure> = {}, now = NOW): Circuit | null =>
  afterFailure(circuit, failure(over), now, DEFAULT_CIRCUIT)
/** After so many failures, dealt out over so many deliveries. */
const failed = (times: number, deliveries: number): Circuit =>
  Array.from({ length: times }).reduce<Circuit>(
    (circuit, _, index) => fail(circuit, { eventId: `evt_${index % deliveries}` }) ?? circuit,
    closedCircuit,
  )
const opened: Circuit = { ...failed(10, 3) }

describe("a closed circuit", () => {
  it.each([
    [9, 9, "closed"],
    [10, 2, "closed"],
    [10, 3, "open"],
    [30, 2, "closed"],
  ])("after %d failures in a row over %d deliveries is %s", (times, deliveries, state) => {
    expect(failed(times, deliveries).state).toBe(state)
  })
  it("opens with a probe 5 s ahead", () => {
    expect(opened).toMatchObject({ openedAt: NOW, nextProbeAt: NOW + 5 * SECOND_MS, failedProbes: 0, rate: null })
  })
  it("forgets its failures at the first success", () => {
    expect(afterSuccess(failed(9, 9))).toEqual(closedCircuit)
  })
  it("is written by no success of a healthy endpoint", () => {
    expect(afterSuccess(closedCircuit)).toBeNull()
  })
  it.each(["manual", "replay", "schedule"] as const)("counts attempts by %s: who asked does not matter", (trigger) => {
    expect(fail(closedCircuit, { trigger })).toMatchObject({ failures: 1, failingSince: NOW })
  })
})

describe("an open circuit", () => {
  it("probes after 5 s, then doubling, at most 10 minutes apart", () => {
    const waits = []
    for (let circuit = opened; waits.length < 9;) {
      circuit = fail(circuit, { trigger: "probe" }) ?? circuit
      waits.push(((circuit.nextProbeAt ?? 0) - NOW) / SECOND_MS)
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600])
  })
  it("is not written by what was dialling when it opened", () => {
    expect(fail(opened)).toBeNull()
  })
  it("ramps after one success", () => {
    expect(afterSuccess(opened)).toEqual({ ...ramping(NOW), failures: 0 })
  })
})

describe("a ramp", () => {
  const at = (rate: number | null, over: Partial<Circuit> = {}): Circuit => ({ ...ramping(NOW), rate, ...over })

  it("opens again at its start, whatever failed", () => {
    expect(fail(at(1))).toMatchObject({ state: "open", nextProbeAt: NOW + 5 * SECOND_MS, rate: null })
  })
  it("further on is not ended by one that failed, but by half a tick of them", () => {
    let circuit = at(4)
    for (let failures = 1; failures < 10; failures++) {
      circuit = fail(circuit)!
      expect(circuit).toMatchObject({ state: "ramping", rate: 4, failures })
    }
    expect(fail(circuit)).toMatchObject({ state: "open" })
  })
  it("is halved, once a tick, by too much", () => {
    const halved = fail(at(32), { isOverload: true })
    expect(halved).toMatchObject({ state: "ramping", rate: 16 })
    expect(fail(halved ?? at(0), { isOverload: true })).toMatchObject({ state: "ramping", rate: 16, failures: 2 })
  })
  it("opens again when even 1 per second is too much", () => {
    expect(fail(at(1), { isOverload: true })).toMatchObject({ state: "open" })
    expect(fail(at(null), { isOverload: true })).toMatchObject({ state: "open" })
  })
  it("does not hear of attempts that began before it did", () => {
    expect(fail(at(32), { startedAt: NOW - 1 })).toBeNull()
  })
  it("is not written by its successes", () => {
    expect(afterSuccess(at(32))).toBeNull()
  })
})

describe("what is too much", () => {
  it.each([
    [429, "http_status", true],
    [502, "http_status", true],
    [503, "http_status", true],
    [504, "http_status", true],
    [null, "timeout", true],
    [500, "http_status", false],
    [404, "http_status", false],
    [null, "connect", false],
  ])("%s %s: %s", (responseStatus, errorKind, expected) => {
    expect(isOverload({ responseStatus, errorKind })).toBe(expected)
  })
})

describe("an endpoint is disabled as failing", () => {
  const since = (failures: number, hours: number) =>
    isHopeless({ ...opened, failures, failingSince: NOW - hours * HOUR_MS }, NOW, DEFAULT_CIRCUIT)
  it("after 120 h of nothing but failure, with at least 20", () => {
    expect([since(20, 120), since(19, 120), since(500, 119)]).toEqual([true, false, false])
  })
  it("not while a success was among them: it began to count anew", () => {
    const again = fail(
      afterSuccess({ ...failed(9, 9), failingSince: NOW - 121 * HOUR_MS }) ?? opened,
      {},
      NOW + MINUTE_MS,
    )
    expect(again).toMatchObject({ failures: 1, failingSince: NOW + MINUTE_MS })
  })
})
