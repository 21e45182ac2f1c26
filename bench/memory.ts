import { relayRound, type Scale } from "./round.ts"

/** (e) Resident memory of the relay's process, in MB, after a collection. */
export interface Memory {
  deliveries: number
  endpoints: number
  startMb: number
  endMb: number
  perSecond: number
}

export const measureMemory = async (scale: Scale): Promise<Memory> => {
  const { requests, startMb, endMb, perSecond } = await relayRound(scale)
  return { deliveries: requests, endpoints: scale.endpoints, startMb, endMb, perSecond }
}
