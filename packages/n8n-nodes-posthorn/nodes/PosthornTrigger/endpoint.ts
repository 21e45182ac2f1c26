import { NodeOperationError, type IDataObject, type IHookFunctions } from "n8n-workflow"

import { request } from "./request"
import type { EndpointSettings } from "./settings"

/** As Posthorn shows it, with what the node looks at. */
export interface Endpoint extends EndpointSettings {
  id: string
  description: string | null
  metadata: Record<string, string>
  status: "enabled" | "paused" | "disabled"
  disabledReason: string | null
  disabledAt: string | null
  circuit: { state: string }
  notBefore: string | null
  heldCount: number
  previousSecretExpiresAt: string | null
}
export type WithSecret = Endpoint & { secret: string }

/** What n8n keeps between calls, for a test apart from production. The secret is that of this endpoint and URL alone. */
export interface Kept extends IDataObject {
  url?: string
  endpointId?: string
  secret?: string
  /** Something came that was not signed with it: by somebody else, or the secret is another by now. */
  isDoubted?: boolean
}

export const DESCRIPTION_LENGTH_MAX = 500
/** Of one URL there are two after a race of two n8n processes, hardly more. */
const LISTED_MAX = 100

/** The endpoints of a URL, newest first, and when that was, by the relay's clock (Unix ms, whole seconds). */
export const list = async (context: IHookFunctions, url: string): Promise<{ endpoints: Endpoint[]; at: number }> => {
  const qs = { url, limit: LISTED_MAX }
  const { body, at } = await request<{ data: Endpoint[] }>(context, { method: "GET", path: "/v1/endpoints", qs })
  return { endpoints: body.data, at }
}

/** Of several with this URL the one that n8n knows, else the newest. */
export const choose = (context: IHookFunctions, endpoints: Endpoint[], url: string): Endpoint | null =>
  endpoints.find((endpoint) => isKnown(context, endpoint, url)) ?? endpoints[0] ?? null

export const remove = async (context: IHookFunctions, id: string): Promise<void> => {
  await request(context, { method: "DELETE", path: `/v1/endpoints/${id}`, accepts: [404] })
}

export const keep = (context: IHookFunctions, url: string, { id, secret }: WithSecret): void => {
  forget(context)
  Object.assign(keptBy(context), { url, endpointId: id, secret })
}

export const forget = (context: IHookFunctions): void => {
  for (const name of ["url", "endpointId", "secret", "isDoubted"]) delete keptBy(context)[name]
}

/** Also false where it may be an older one: who replaced it in Posthorn lets that sign along for a while, which the node never does. */
export const isSecretKnown = (context: IHookFunctions, endpoint: Endpoint, url: string): boolean => {
  const { isDoubted } = keptBy(context)
  const isLast = isDoubted !== true && endpoint.previousSecretExpiresAt === null
  return isKnown(context, endpoint, url) && isLast
}

const isKnown = (context: IHookFunctions, endpoint: Endpoint, url: string): boolean => {
  const kept = keptBy(context)
  return kept.endpointId === endpoint.id && kept.url === url && typeof kept.secret === "string"
}

const keptBy = (context: IHookFunctions): Kept => context.getWorkflowStaticData("node")

/** The node's webhook URL, in a test that of the test. Throws NodeOperationError where n8n has none. */
export const urlOf = (context: IHookFunctions): string => {
  const url = context.getNodeWebhookUrl("default")
  if (url === undefined) throw new NodeOperationError(context.getNode(), "n8n has no webhook URL for this node")
  return url
}
