import { startChild } from "./child.ts"

export interface ReceiverInput {
  endpoints: number
  /** Different requests that each endpoint waits for. */
  total: number
  /** Of all requests, so many come before the clock starts: both sides are compiled by then. */
  warm: number
  /** Say of each request when it came. */
  tellEach: boolean
}

export interface Target {
  url: string
  secret: string
}

/** What arrived, by the receiver's own count. */
export interface Received {
  requests: number
  distinct: number
  /** Those since the clock started. */
  timed: number
  perSecond: number
  /** Signatures that were checked, and how many of them were wrong. */
  checked: number
  badSignatures: number
}

/** One request. `at` is of the machine's monotonic clock, in ms: comparable between processes. */
export interface Receipt {
  id: string
  at: number
}

export interface ReceiverProcess {
  targets: Target[]
  /** The next receipt, with `tellEach`. */
  next(): Promise<Receipt>
  /** Resolves when everything has arrived. `onWarm` is called when the clock starts. */
  all(onWarm: () => void): Promise<Received>
  stop(): Promise<void>
}

export const startReceiverProcess = async (input: ReceiverInput): Promise<ReceiverProcess> => {
  const child = startChild("receiver.ts", input)
  return {
    targets: await child.next<Target[]>(),
    next: () => child.next<Receipt>(),
    all: async (onWarm) => {
      await child.next<"warm">()
      onWarm()
      const received = await child.next<Received>()
      if (received.badSignatures > 0)
        throw new Error(`${received.badSignatures} of ${received.checked} signatures were wrong`)
      return received
    },
    stop: () => child.stop(),
  }
}
