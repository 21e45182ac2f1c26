import type { IHookFunctions } from "n8n-workflow"

import { choose, forget, list, remove, urlOf, type Endpoint } from "./endpoint"
import { keepUntil } from "./keep-until"
import { marked, marksOf, type Marks } from "./marks"
import { request } from "./request"
import { catchUpMsOf } from "./settings"

/** The relay's clock comes in whole seconds. */
const CLOCK_MS = 1000

/**
 * Pauses the endpoint of the workflow's URL: what is on its way waits there, and what comes soon after is kept with it. n8n calls this when
 * a workflow is saved, deactivated or deleted, and does not say which. To delete the endpoint would cancel what is on its way, and a new
 * one would miss what Posthorn has seen and not yet fanned out. That there is none is fine. May be repeated after any failure.
 */
export const takeAway = async (context: IHookFunctions): Promise<void> => {
  const url = urlOf(context)
  const { endpoints, at } = await list(context, url)
  const chosen = choose(context, endpoints, url)
  const isTest = chosen !== null && marksOf(chosen).test !== undefined
  if (chosen === null || isTest) forget(context)
  for (const { id } of endpoints) if (isTest || id !== chosen?.id) await remove(context, id)
  if (chosen === null || isTest) return

  // The mark comes first: a pause without it would be somebody's decision, which n8n's own start leaves alone.
  if (marksOf(chosen).offSince === undefined) await mark(context, chosen, at)
  // One that is disabled holds its deliveries, or has none.
  if (chosen.status !== "disabled")
    await request(context, { method: "POST", path: `/v1/endpoints/${chosen.id}/pause`, accepts: [404] })
}

const mark = async (context: IHookFunctions, endpoint: Endpoint, now: number): Promise<void> => {
  const until = now + CLOCK_MS + catchUpMsOf(context)
  const marks: Marks = {
    ...marksOf(endpoint),
    offSince: new Date(now).toISOString(),
    keepsUntil: new Date(until).toISOString(),
    ...(endpoint.status === "paused" ? { pausedByHand: "true" } : {}),
  }
  const path = `/v1/endpoints/${endpoint.id}`
  const filter = keepUntil(endpoint.filter, endpoint.eventTypes, until)
  const body = marked(endpoint, marks)
  if (filter !== null) {
    const { status } = await request(context, { method: "PATCH", path, body: { ...body, filter }, accepts: [400, 404] })
    if (status !== 400) return
  }
  // A filter that cannot be narrowed, or is too large then: rather is too much kept than too little.
  await request(context, { method: "PATCH", path, body: { ...body }, accepts: [404] })
}
