import { type CircuitSettings, DEFAULT_CIRCUIT } from "@posthorn/core/delivery/circuit"

/** The circuit as it is, in a world where time goes so many times faster: as many deliveries a tick, and shorter ticks. */
export const fasterCircuit = (times: number): CircuitSettings => ({
  ...DEFAULT_CIRCUIT,
  probeMs: DEFAULT_CIRCUIT.probeMs / times,
  probeMsMax: DEFAULT_CIRCUIT.probeMsMax / times,
  tickMs: DEFAULT_CIRCUIT.tickMs / times,
  rateStart: DEFAULT_CIRCUIT.rateStart * times,
  rateDefault: DEFAULT_CIRCUIT.rateDefault * times,
  rateMax: DEFAULT_CIRCUIT.rateMax * times,
  disableAfterMs: DEFAULT_CIRCUIT.disableAfterMs / times,
})
