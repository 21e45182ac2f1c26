import type { Endpoint } from "@posthorn/sdk"

export const endpointHead = ["id", "status", "circuit", "held", "event types", "host", "description"]

/** Of a hook's URL only the host: the rest of it is a secret at many receivers. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "?")

export const endpointCells = (endpoint: Endpoint): (string | null)[] => [
  endpoint.id,
  endpoint.disabledReason === null ? endpoint.status : `${endpoint.status} (${endpoint.disabledReason})`,
  endpoint.circuit.state,
  String(endpoint.heldCount),
  endpoint.eventTypes.join(" "),
  hostOf(endpoint.url),
  endpoint.description,
]
