import { createHash, createHmac } from "node:crypto"

import type { Bundle, ZObject } from "zapier-platform-core"

import type { TriggerType } from "./event.ts"
import { problemOf, throwFor } from "./problem.ts"
import { request } from "./request.ts"

/** What Zapier keeps of a subscription, and hands back with every hook. */
export interface Subscription {
  id: string
  secret: string
}

export interface Wish {
  eventType: TriggerType
  /** Of the trigger. */
  label: string
  /** Events of this account only. */
  accountId?: string
}

/**
 * Deliveries per second of a new endpoint. Zapier answers 429 above 30 a second and above 10,000 in 5 minutes (33 a second): 20
 * stays below both. What it is changed to later stays.
 */
export const RATE_LIMIT = 20

/** How often a hook's URL may have been subscribed and given up before. Zapier makes a new URL for each Zap that is switched on. */
const GENERATIONS_MAX = 20

type HookBundle = Pick<Bundle, "authData" | "targetUrl" | "meta">

/**
 * An endpoint for a hook's URL. One that is there for this URL is taken over, so that subscribing twice leaves one endpoint, and
 * both answers hold its id and secret.
 */
export const subscribe = async (z: ZObject, bundle: HookBundle, wish: Wish): Promise<Subscription> => {
  const { targetUrl = "" } = bundle
  if (targetUrl === "") throw new z.errors.Error("Zapier gave no URL to subscribe.", "NoTargetUrl")
  const secret = secretFor(bundle.authData["api_key"] ?? "", targetUrl)
  const found = await findEndpoint(z, bundle, targetUrl)
  const id =
    found === undefined
      ? await createEndpoint(z, bundle, { url: targetUrl, rateLimit: RATE_LIMIT, ...fieldsOf(bundle, wish), secret })
      : await adoptEndpoint(z, bundle, found, { fields: fieldsOf(bundle, wish), secret })
  return { id, secret }
}

/** Removes the endpoint; one that is gone already is no error. */
export const unsubscribe = async (
  z: ZObject,
  bundle: Pick<Bundle, "authData" | "subscribeData">,
): Promise<{ id?: string }> => {
  const id = bundle.subscribeData?.id
  if (id === undefined) return {}
  await request(z, bundle, { method: "DELETE", path: `/v1/endpoints/${encodeURIComponent(id)}`, expected: [404] })
  return { id }
}

/**
 * A secret is shown when an endpoint is made and never again, and of two answers to the same subscription Zapier may keep either.
 * So the app brings the secret, and makes the same one again from what only it and Zapier know.
 */
const secretFor = (apiKey: string, targetUrl: string): string =>
  `whsec_${createHmac("sha256", apiKey.trim()).update(`posthorn-zapier.1.${targetUrl}`).digest("base64")}`

/** Which Zap it is: the platform's types advise against `meta.zap`, but nothing else says. There may be none. */
const zapIdOf = ({ meta }: Pick<Bundle, "meta">): string | undefined => {
  const id = (meta as { zap?: { id?: string | number } } | undefined)?.zap?.id
  return id === undefined ? undefined : String(id)
}

const fieldsOf = (bundle: HookBundle, { eventType, label, accountId }: Wish) => {
  const zapId = zapIdOf(bundle)
  return {
    description: zapId === undefined ? `Zapier: ${label}` : `Zapier: ${label}, Zap ${zapId}`,
    eventTypes: [eventType],
    filter: accountId === undefined ? null : { data: { account: { id: [accountId] } } },
    metadata: { source: "zapier", ...(zapId === undefined ? {} : { zapId }) },
  }
}

interface EndpointJson {
  id: string
  status: string
}

const findEndpoint = async (
  z: ZObject,
  bundle: Pick<Bundle, "authData">,
  url: string,
): Promise<EndpointJson | undefined> => {
  const { data } = await request<{ data: EndpointJson[] }>(z, bundle, {
    path: "/v1/endpoints",
    params: { url, limit: "1" },
  })
  return data.data[0]
}

/**
 * Two requests at once have the same Idempotency-Key, and make one endpoint. A key whose endpoint was deleted since is used up
 * (409), and the next one is the same again for whoever comes at the same time.
 */
const createEndpoint = async (z: ZObject, bundle: Pick<Bundle, "authData">, body: object): Promise<string> => {
  const hash = createHash("sha256").update(JSON.stringify(body)).digest("base64url")
  for (let generation = 1; ; generation++) {
    const response = await request<EndpointJson>(z, bundle, {
      method: "POST",
      path: "/v1/endpoints",
      body,
      idempotencyKey: `zapier-${hash}-${generation}`,
      expected: generation < GENERATIONS_MAX ? [409] : [],
    })
    if (response.status !== 409) return response.data.id
  }
}

/** Makes an endpoint that is there into the one that is wanted. A pause is somebody's wish, and stays. */
const adoptEndpoint = async (
  z: ZObject,
  bundle: Pick<Bundle, "authData">,
  found: EndpointJson,
  { fields, secret }: { fields: object; secret: string },
): Promise<string> => {
  const path = `/v1/endpoints/${found.id}`
  await request(z, bundle, { method: "PATCH", path, body: fields })
  const rotated = await request(z, bundle, {
    method: "POST",
    path: `${path}/rotate-secret`,
    body: { secret },
    expected: [400],
  })
  // The one refusal that is good news: it has this secret already.
  if (rotated.status === 400 && problemOf(rotated)?.errors[0]?.pointer !== "/secret") throwFor(rotated, z)
  // It answered 410 or failed for days while nobody listened; now somebody does.
  if (found.status === "disabled") await request(z, bundle, { method: "POST", path: `${path}/resume` })
  return found.id
}
