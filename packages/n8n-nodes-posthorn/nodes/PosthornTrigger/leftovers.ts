import type { IHookFunctions } from "n8n-workflow"

import { remove, type Endpoint } from "./endpoint"
import { marksOf } from "./marks"
import { CATCH_UP_MINUTES_MAX } from "./properties"
import { request } from "./request"

const LISTED_MAX = 100
const REMOVED_MAX = 10
const KEPT_MS = CATCH_UP_MINUTES_MAX * 60_000

/**
 * Removes endpoints of workflows that have been off for long: n8n does not tell a node that its workflow is deleted, so their endpoints stay.
 * Only such as keep nothing any more and collect nothing since 30 days: who activates such a workflow gets a new one and misses nothing. What
 * fails here fails nothing else; the next new endpoint does it.
 */
export const removeLeftovers = async (context: IHookFunctions): Promise<void> => {
  try {
    const qs = { status: "paused", limit: LISTED_MAX }
    const { body, at } = await request<{ data: Endpoint[] }>(context, { method: "GET", path: "/v1/endpoints", qs })
    const left = body.data.filter((endpoint) => isLeftOver(endpoint, at)).slice(0, REMOVED_MAX)
    for (const { id } of left) await remove(context, id)
  } catch (error) {
    context.logger.warn(`Endpoints of n8n's that are not used any more stay in Posthorn: ${String(error)}`)
  }
}

const isLeftOver = (endpoint: Endpoint, now: number): boolean => {
  const { offSince, keepsUntil, pausedByHand } = marksOf(endpoint)
  if (endpoint.metadata["source"] !== "n8n" || offSince === undefined || pausedByHand !== undefined) return false
  return endpoint.heldCount === 0 && Date.parse(keepsUntil ?? "") + KEPT_MS < now
}
