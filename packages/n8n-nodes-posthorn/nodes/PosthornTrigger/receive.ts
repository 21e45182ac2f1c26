import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from "n8n-workflow"

import type { Kept } from "./endpoint"
import { faultOf, NOT_SIGNED_WITH_IT } from "./verify"

/**
 * An event that is signed as it should be starts the workflow. A ping is only acknowledged. All else is refused, and starts nothing: n8n runs
 * a workflow whose trigger throws, so nothing is thrown here.
 */
export const receive = (context: IWebhookFunctions): IWebhookResponseData => {
  const refuse = (status: number, why: string): IWebhookResponseData => {
    context.getResponseObject().writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(why)
    return { noWebhookResponse: true }
  }
  const { rawBody } = context.getRequestObject()
  const kept: Kept = context.getWorkflowStaticData("node")
  const { secret } = kept
  if (!Buffer.isBuffer(rawBody))
    return refuse(500, "n8n did not hand on the body's bytes, so no signature can be checked.")
  if (typeof secret !== "string")
    return refuse(401, "This workflow has no secret of Posthorn's: deactivate it and activate it again.")

  const now = Math.floor(Date.now() / 1000)
  const fault = faultOf({ headers: context.getHeaderData(), rawBody, secret, now })
  // Then the next activation gives the endpoint a new secret. Written once: anybody may send such requests, as many as they like.
  if (fault === NOT_SIGNED_WITH_IT && kept.isDoubted !== true) kept.isDoubted = true
  if (fault !== null) return refuse(401, fault)

  const event = eventIn(rawBody)
  if (event === null) return refuse(400, 'This is no event: the endpoint\'s format must be "standard".')
  return event["type"] === "ping" ? {} : { workflowData: [[{ json: event }]] }
}

const eventIn = (rawBody: Buffer): IDataObject | null => {
  try {
    const event = JSON.parse(rawBody.toString("utf8")) as IDataObject | null
    return typeof event?.["id"] === "string" && typeof event["type"] === "string" ? event : null
  } catch {
    return null
  }
}
