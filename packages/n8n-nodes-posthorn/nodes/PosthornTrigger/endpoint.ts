import { NodeOperationError, type IDataObject, type IHookFunctions } from "n8n-workflow"

import { CATCH_UP_MINUTES_DEFAULT } from "./properties"
import { request } from "./request"
import { isSetAs, settingsOf, type EndpointSettings } from "./settings"

/** As Posthorn shows it, with what the node looks at. */
interface Endpoint extends EndpointSettings {
  id: string
  status: "enabled" | "paused" | "disabled"
  disabledReason: string | null
  disabledAt: string | null
  circuit: { state: string }
  notBefore: string | null
}
type WithSecret = Endpoint & { secret: string }

/** What n8n keeps between calls, for a test apart from production. The secret is that of this endpoint and URL alone. */
export interface Kept extends IDataObject {
  url?: string
  endpointId?: string
  secret?: string
  /** Since when the workflow is off, by the relay's clock. */
  offSince?: string
  /** Since when something was on its way then, if anything was. */
  onItsWaySince?: string
}

const DESCRIPTION_LENGTH_MAX = 500
const MINUTE_MS = 60_000

/** Whether there is nothing for `create` to do. */
export const isInPlace = async (context: IHookFunctions): Promise<boolean> => {
  const url = urlOf(context)
  const endpoint = await find(context, url)
  return (
    endpoint !== null &&
    isSecretKnown(context, endpoint, url) &&
    isSetAs(endpoint, settingsOf(context)) &&
    !isToBeResumed(context, endpoint)
  )
}

/**
 * Makes the endpoint of the workflow's URL, or puts the one that is there right: its settings, a secret that n8n knows, and an end to
 * whatever stopped it. So it may be repeated after any failure. A test has another URL, and so an endpoint of its own.
 */
export const putInPlace = async (context: IHookFunctions): Promise<void> => {
  const url = urlOf(context)
  const wanted = settingsOf(context)
  const kept = keptBy(context)
  const found = await find(context, url)
  const goneSince = found?.disabledReason === "gone" ? found.disabledAt : null
  const missedSince = (goneSince === null ? null : aLittleBefore(goneSince)) ?? kept.offSince ?? null

  if (found === null) keep(context, url, await make(context, url, wanted))
  else await putRight(context, url, found, wanted)
  if (missedSince !== null) await catchUp(context, missedSince)
  delete kept.offSince
  delete kept.onItsWaySince
}

/** Removes every endpoint of the workflow's URL. That there is none is fine. */
export const takeAway = async (context: IHookFunctions): Promise<void> => {
  const kept = keptBy(context)
  const { body, at } = await list(context, urlOf(context))
  for (const { id } of body.data) {
    const openSince = kept.endpointId === id ? await oldestOnItsWay(context, id) : null
    if (openSince !== null) kept.onItsWaySince ??= aLittleBefore(openSince)
    await request(context, { method: "DELETE", path: `/v1/endpoints/${id}`, mayBeGone: true })
  }
  // n8n also takes away what it could not put in place: then the workflow has been off for longer.
  if (kept.endpointId !== undefined) kept.offSince ??= new Date(at).toISOString()
  for (const name of ["url", "endpointId", "secret"]) delete kept[name]
}

const make = async (context: IHookFunctions, url: string, wanted: EndpointSettings): Promise<WithSecret> => {
  const { id, name } = context.getWorkflow()
  const body = {
    ...wanted,
    url,
    description: `n8n: ${name ?? "a workflow"}`.slice(0, DESCRIPTION_LENGTH_MAX),
    metadata: { source: "n8n", workflowId: id ?? "" },
  }
  return (await request<WithSecret>(context, { method: "POST", path: "/v1/endpoints", body })).body
}

const putRight = async (context: IHookFunctions, url: string, found: Endpoint, wanted: EndpointSettings) => {
  const path = `/v1/endpoints/${found.id}`
  if (!isSetAs(found, wanted)) await request(context, { method: "PATCH", path, body: { ...wanted } })
  if (!isSecretKnown(context, found, url)) {
    // Nobody who should has the old one, so it need not sign along.
    const body = { overlapSeconds: 0 }
    keep(
      context,
      url,
      (await request<WithSecret>(context, { method: "POST", path: `${path}/rotate-secret`, body })).body,
    )
  }
  if (isToBeResumed(context, found)) await request(context, { method: "POST", path: `${path}/resume` })
}

/**
 * Asks for what came while the workflow was off, unless that was for longer than its options say, and for what was on its way then, as far
 * back as they say. What was taken in between comes again with it: to lose something would be worse.
 */
const catchUp = async (context: IHookFunctions, offSince: string): Promise<void> => {
  const minutes = context.getNodeParameter("options.catchUpMinutes", CATCH_UP_MINUTES_DEFAULT) as number
  const earliest = Date.now() - minutes * MINUTE_MS
  if (Date.parse(offSince) < earliest) return
  const { onItsWaySince = offSince } = keptBy(context)
  const since = new Date(Math.max(earliest, Math.min(Date.parse(onItsWaySince), Date.parse(offSince)))).toISOString()
  const path = `/v1/endpoints/${keptBy(context).endpointId ?? ""}/replay`
  await request(context, { method: "POST", path, body: { since } })
}

/** What met the 410, or is on its way, was seen a little before. */
const aLittleBefore = (at: string): string => new Date(Date.parse(at) - MINUTE_MS).toISOString()

/** When the oldest delivery was made that is still open: it goes with its endpoint. Null for none. */
const oldestOnItsWay = async (context: IHookFunctions, endpointId: string): Promise<string | null> => {
  const qs = { endpointId, status: "pending,retrying,held", limit: LISTED_MAX }
  const { body } = await request<{ data: { createdAt: string }[] }>(context, {
    method: "GET",
    path: "/v1/deliveries",
    qs,
  })
  return body.data.at(-1)?.createdAt ?? null
}

const keptBy = (context: IHookFunctions): Kept => context.getWorkflowStaticData("node")

const keep = (context: IHookFunctions, url: string, { id, secret }: WithSecret): void => {
  Object.assign(keptBy(context), { url, endpointId: id, secret })
}

const isSecretKnown = (context: IHookFunctions, endpoint: Endpoint, url: string): boolean => {
  const kept = keptBy(context)
  return kept.endpointId === endpoint.id && kept.url === url && typeof kept.secret === "string"
}

/**
 * A pause is somebody's decision: who activates the workflow by hand takes it back, n8n's own start does not. Everything else that holds
 * deliveries is over once n8n is there again.
 */
const isToBeResumed = (context: IHookFunctions, { status, circuit, notBefore }: Endpoint): boolean => {
  if (status === "paused") return !["init", "leadershipChange"].includes(context.getActivationMode())
  return status === "disabled" || circuit.state === "open" || (notBefore !== null && Date.parse(notBefore) > Date.now())
}

/** Of several with this URL the one whose secret n8n has, else the newest. */
const find = async (context: IHookFunctions, url: string): Promise<Endpoint | null> => {
  const { data } = (await list(context, url)).body
  return data.find((endpoint) => isSecretKnown(context, endpoint, url)) ?? data[0] ?? null
}

const LISTED_MAX = 100
const list = (context: IHookFunctions, url: string) =>
  request<{ data: Endpoint[] }>(context, { method: "GET", path: "/v1/endpoints", qs: { url, limit: LISTED_MAX } })

const urlOf = (context: IHookFunctions): string => {
  const url = context.getNodeWebhookUrl("default")
  if (url === undefined) throw new NodeOperationError(context.getNode(), "n8n has no webhook URL for this node")
  return url
}
