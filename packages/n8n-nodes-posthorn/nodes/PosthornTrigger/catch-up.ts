import type { IDataObject, IHookFunctions } from "n8n-workflow"

import type { Marks } from "./marks"
import { request } from "./request"

/** A second between them. A usual replay is done by then; one that waits for a receiver may take days. */
const TRIES_MAX = 10

/**
 * Asks for what passed the endpoint by. Answers false where Posthorn takes no replay now, since another of this endpoint is not finished or
 * too many jobs are: the mark stays, and with it the next activation or start of n8n asks again.
 */
export const replayMissed = async (context: IHookFunctions, endpointId: string, missed: Marks): Promise<boolean> => {
  const { missedSince, missedUntil } = missed
  const { status, body } = await request<IDataObject>(context, {
    method: "POST",
    path: `/v1/endpoints/${endpointId}/replay`,
    body: { since: missedSince, ...(missedUntil && { until: missedUntil }) },
    accepts: [409],
    triesMax: TRIES_MAX,
  })
  if (status !== 409) return true
  context.logger.warn(
    `Posthorn did not take the replay of what the endpoint ${endpointId} missed since ${missedSince}: ${String(body["detail"])} It is asked for again when the workflow is next activated or n8n starts.`,
  )
  return false
}
