import { NodeOperationError, type IDataObject, type IHookFunctions } from "n8n-workflow"

import { CATCH_UP_MINUTES_DEFAULT, CATCH_UP_MINUTES_MAX, OPERATIONAL_TYPES } from "./properties"

const MINUTE_MS = 60_000

/** What the node asks Posthorn for, as an endpoint has it. */
export interface EndpointSettings {
  eventTypes: string[]
  filter: IDataObject | null
  format: "standard"
  ordering: string
  rateLimit: number | null
}

/** The node's parameters as an endpoint's settings. Throws NodeOperationError where they contradict each other. */
export const settingsOf = (context: IHookFunctions): EndpointSettings => {
  const options = context.getNodeParameter("options", {}) as {
    customEventTypes?: string
    filter?: string | IDataObject
    ordering?: string
    rateLimit?: number
  }
  const accounts = context.getNodeParameter("accounts", []) as string[]
  const custom = (options.customEventTypes ?? "")
    .split(",")
    .map((type) => type.trim())
    .filter((type) => type !== "")
  const eventTypes = [...new Set([...(context.getNodeParameter("events", []) as string[]), ...custom])]
  if (eventTypes.length === 0)
    throw new NodeOperationError(context.getNode(), "Choose at least one event", {
      description: "Message Received is what most workflows begin with.",
    })
  return {
    eventTypes,
    filter: filterOf(context, filterField(context, options.filter), accounts, eventTypes),
    format: "standard",
    ordering: options.ordering ?? "none",
    rateLimit: options.rateLimit ?? null,
  }
}

/**
 * How long after the workflow went off Posthorn keeps what comes for it, in ms. An expression may have made anything of the parameter: what is
 * no number is the default, since nobody is there to read an error when a workflow goes off.
 */
export const catchUpMsOf = (context: IHookFunctions): number => {
  const minutes = Number(context.getNodeParameter("options.catchUpMinutes", CATCH_UP_MINUTES_DEFAULT))
  const meant = Number.isFinite(minutes) ? minutes : CATCH_UP_MINUTES_DEFAULT
  return Math.min(Math.max(meant, 0), CATCH_UP_MINUTES_MAX) * MINUTE_MS
}

/** The parameter is text, or an object where an expression made one. Empty text is no filter. */
const filterField = (context: IHookFunctions, given: string | IDataObject | undefined): IDataObject | null => {
  if (given === undefined || given === "") return null
  let parsed: unknown
  try {
    parsed = typeof given === "string" ? JSON.parse(given) : given
  } catch (error) {
    throw new NodeOperationError(context.getNode(), "The filter is not JSON", {
      description: error instanceof Error ? error.message : "",
    })
  }
  if (!isObject(parsed))
    throw new NodeOperationError(context.getNode(), "The filter must be a JSON object", {
      description: 'For example {"data": {"conversation": {"isGroup": [false]}}}',
    })
  return Object.keys(parsed).length === 0 ? null : parsed
}

/**
 * Accounts become a clause of the filter beside the workflow's own. Events about the relay and those of one's own have no account: where
 * some are asked for, events without one pass.
 */
const filterOf = (
  context: IHookFunctions,
  filter: IDataObject | null,
  accounts: string[],
  eventTypes: string[],
): IDataObject | null => {
  if (accounts.length === 0) return filter
  const data = isObject(filter?.["data"]) ? filter["data"] : {}
  if (data["account"] !== undefined)
    throw new NodeOperationError(context.getNode(), "Accounts are chosen twice: in Accounts and in the filter", {
      description: "Leave data.account out of the filter, or choose no accounts.",
    })
  const hasOthers = eventTypes.some((type) => OPERATIONAL_TYPES.includes(type) || type.startsWith("custom."))
  const id = [...[...accounts].sort(), ...(hasOthers ? [{ exists: false }] : [])]
  return { ...filter, data: { ...data, account: { id } } }
}

export const isObject = (value: unknown): value is IDataObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Whether an endpoint is set as the node wants it; the order of types and of a filter's names does not matter. */
export const isSetAs = (endpoint: EndpointSettings, wanted: EndpointSettings): boolean =>
  canonical({ ...pick(endpoint), eventTypes: [...endpoint.eventTypes].sort() }) ===
  canonical({ ...pick(wanted), eventTypes: [...wanted.eventTypes].sort() })

const pick = ({ filter, format, ordering, rateLimit }: EndpointSettings) => ({ filter, format, ordering, rateLimit })

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  )
