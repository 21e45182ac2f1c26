import type { IHookFunctions } from "n8n-workflow"

import { replayMissed } from "./catch-up"
import {
  choose,
  DESCRIPTION_LENGTH_MAX,
  isSecretKnown,
  keep,
  list,
  urlOf,
  type Endpoint,
  type WithSecret,
} from "./endpoint"
import { removeLeftovers } from "./leftovers"
import { marked, marksOf, type Marks } from "./marks"
import { request } from "./request"
import { isSetAs, settingsOf, type EndpointSettings } from "./settings"

const MINUTE_MS = 60_000

/** Whether there is nothing for `create` to do. */
export const isInPlace = async (context: IHookFunctions): Promise<boolean> => {
  const url = urlOf(context)
  const { endpoints } = await list(context, url)
  const endpoint = choose(context, endpoints, url)
  return (
    endpoint !== null &&
    isSecretKnown(context, endpoint, url) &&
    isSetAs(endpoint, settingsOf(context)) &&
    isUnmarked(endpoint) &&
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
  const { endpoints } = await list(context, url)
  const found = choose(context, endpoints, url)
  if (found === null) keep(context, url, await make(context, url, wanted))
  else await putRight(context, url, found, wanted)
}

const make = async (context: IHookFunctions, url: string, wanted: EndpointSettings): Promise<WithSecret> => {
  const { id, name } = context.getWorkflow()
  const isTest = context.getActivationMode() === "manual"
  if (!isTest) await removeLeftovers(context)
  const body = {
    ...wanted,
    url,
    description: `n8n: ${name ?? "a workflow"}`.slice(0, DESCRIPTION_LENGTH_MAX),
    metadata: { source: "n8n", workflowId: id ?? "", ...(isTest ? { test: "true" } : {}) },
  }
  return (await request<WithSecret>(context, { method: "POST", path: "/v1/endpoints", body })).body
}

const putRight = async (context: IHookFunctions, url: string, found: Endpoint, wanted: EndpointSettings) => {
  const path = `/v1/endpoints/${found.id}`
  const patch = async (marks: Marks, settings?: EndpointSettings) =>
    await request(context, { method: "PATCH", path, body: { ...settings, ...marked(found, marks) } })
  const marks = marksOf(found)
  const { test } = marks
  const missed = missedBy(found)

  // Before the resume, with which `disabledAt` goes.
  if (found.disabledReason === "gone") await patch({ ...marks, ...missed })
  if (!isSecretKnown(context, found, url)) {
    // Nobody who should has the old one, so it need not sign along.
    const body = { overlapSeconds: 0 }
    const answer = await request<WithSecret>(context, { method: "POST", path: `${path}/rotate-secret`, body })
    keep(context, url, answer.body)
  }
  // Before the mark goes: what is paused without one is left alone at n8n's start.
  if (isToBeResumed(context, found)) await request(context, { method: "POST", path: `${path}/resume` })
  if (!isSetAs(found, wanted) || marks.offSince !== undefined) await patch({ test, ...missed }, wanted)
  if (missed.missedSince !== undefined && (await replayMissed(context, found.id, missed))) await patch({ test })
}

/**
 * What passed the endpoint by since it answered 410, and a little before: what met the 410 had been seen then. Until now, or as far as was to
 * be kept where the workflow went off meanwhile. Nothing is {}.
 */
const missedBy = (endpoint: Endpoint): Marks => {
  const { missedSince, missedUntil, keepsUntil } = marksOf(endpoint)
  const { disabledReason, disabledAt } = endpoint
  if (disabledReason !== "gone" || disabledAt === null)
    return missedSince === undefined ? {} : { missedSince, missedUntil }
  const since = missedSince ?? new Date(Date.parse(disabledAt) - MINUTE_MS).toISOString()
  if (keepsUntil === undefined) return { missedSince: since }
  return since < keepsUntil ? { missedSince: since, missedUntil: keepsUntil } : {}
}

const isUnmarked = (endpoint: Endpoint): boolean => {
  const { offSince, missedSince } = marksOf(endpoint)
  return offSince === undefined && missedSince === undefined
}

/**
 * The node's own pause ends with the workflow's. Any other is somebody's decision: who activates the workflow by hand takes it back, n8n's
 * own start does not. Everything else that holds deliveries is over once n8n is there again.
 */
const isToBeResumed = (context: IHookFunctions, endpoint: Endpoint): boolean => {
  const { status, circuit, notBefore } = endpoint
  const { offSince, pausedByHand } = marksOf(endpoint)
  const isByHand = offSince === undefined || pausedByHand !== undefined
  if (status === "paused") return !isByHand || !["init", "leadershipChange"].includes(context.getActivationMode())
  return status === "disabled" || circuit.state === "open" || (notBefore !== null && Date.parse(notBefore) > Date.now())
}
