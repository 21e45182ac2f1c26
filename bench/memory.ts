import type { MemoryNow } from "./resident.ts"
import { bareRound, relayRound, type Scale } from "./round.ts"

/** (e) Memory of the relay's process when it has delivered all and is idle, beside that at its start. */
export interface Memory {
  deliveries: number
  endpoints: number
  start: MemoryNow
  end: MemoryNow
  /** Of bare.ts after as many: what Node keeps of its own accord. */
  bareEnd: MemoryNow
  perSecond: number
}

export const measureMemory = async (scale: Scale): Promise<Memory> => {
  const { requests, start, end, perSecond } = await relayRound(scale)
  const bare = await bareRound(scale, "guarded")
  return { deliveries: requests, endpoints: scale.endpoints, start, end, bareEnd: bare.end, perSecond }
}
