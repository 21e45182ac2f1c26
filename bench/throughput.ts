import { median } from "./numbers.ts"
import { bareRound, relayRound, type Round, type Scale } from "./round.ts"

/** (a) Deliveries per second of the relay against those of bare.ts. */
export interface Throughput {
  endpoints: number
  deliveries: number
  rounds: number
  relay: Side
  bare: Side
  /** As bare, by a plain keep-alive agent that checks no address and has no deadline. */
  plain: Side
  ratio: { perSecond: number; cpu: number; toPlain: number }
}

interface Side {
  perSecond: number
  /** Of each round, for an idea of the machine's noise. */
  all: number[]
  cpuMicros: number
}

/** Sides take turns, each alone in its process: what else the machine does hits all of them alike. */
export const measureThroughput = async (scale: Scale, rounds: number): Promise<Throughput> => {
  const taken: { relay: Round[]; bare: Round[]; plain: Round[] } = { relay: [], bare: [], plain: [] }
  for (let round = 0; round < rounds; round++) {
    taken.bare.push(await bareRound(scale, "guarded"))
    taken.relay.push(await relayRound(scale))
    taken.plain.push(await bareRound(scale, "plain"))
  }
  const [relay, bare, plain] = [sideOf(taken.relay), sideOf(taken.bare), sideOf(taken.plain)]
  return {
    endpoints: scale.endpoints,
    deliveries: scale.endpoints * scale.accounts * scale.eventsPerAccount,
    rounds,
    relay,
    bare,
    plain,
    ratio: {
      perSecond: relay.perSecond / bare.perSecond,
      cpu: bare.cpuMicros / relay.cpuMicros,
      toPlain: relay.perSecond / plain.perSecond,
    },
  }
}

const sideOf = (rounds: Round[]): Side => ({
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  all: rounds.map(({ perSecond }) => Math.round(perSecond)),
  cpuMicros: median(rounds.map(({ cpuMicros }) => cpuMicros)),
})
