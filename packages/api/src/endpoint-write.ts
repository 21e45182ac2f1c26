import { createHmac } from "node:crypto"

import { secretContext } from "@posthorn/core/delivery/deliver"
import { judgeUrl } from "@posthorn/core/delivery/guard"
import { newSecret } from "@posthorn/core/delivery/sign"
import type { EndpointRow } from "@posthorn/core/endpoint"
import { VisibleError } from "@posthorn/core/error"
import { derivedId, newId } from "@posthorn/core/id"
import { ENDPOINTS_MAX, type EndpointStore } from "@posthorn/core/ports"
import type { Instant } from "@posthorn/core/time"

import type { ApiDeps } from "./deps.ts"
import { endpointDefaults, type EndpointCreate, type EndpointPatch } from "./endpoint-fields.ts"
import { sealHeaders } from "./endpoint-headers.ts"
import { notFound } from "./router.ts"
import { invalid } from "./validate.ts"

/** How often a change is tried against deliveries that write the same row; each try reads it afresh. */
const CHANGE_TRIES_MAX = 10

type WriteDeps = Pick<ApiDeps, "clock" | "randomBytes" | "seal" | "allowPrivateUrls"> & { store: EndpointStore }

/** An endpoint that exists, or a 404: a deleted one's row is there for its deliveries only. */
export const readEndpoint = async (id: string, store: Pick<EndpointStore, "getEndpoint">): Promise<EndpointRow> => {
  const row = await store.getEndpoint(id)
  if (row === null || row.deletedAt !== null) throw notFound("endpoint")
  return row
}

/** The secret in use. */
export const openSecret = (row: EndpointRow, seal: ApiDeps["seal"]): string => {
  const [current] = row.secrets
  if (current === undefined) throw new Error(`endpoint ${row.id} has no secret`)
  return seal.open(current.sealed, secretContext(row.id))
}

/**
 * With an Idempotency-Key the id follows from it, so that the one conditional put decides between two requests that are the
 * same, at whatever distance: the loser finds the winner's row, and answers with it.
 */
export const createEndpoint = async (
  input: EndpointCreate,
  idempotency: { callerId: string; key: string } | null,
  deps: WriteDeps,
): Promise<EndpointRow> => {
  judge(input.url, deps)
  const id =
    idempotency === null
      ? newId("endpoint", deps.randomBytes)
      : derivedId("endpoint", idempotency.callerId, idempotency.key)
  const requestHash = idempotency === null ? null : hashOf(input, idempotency.key)
  if (idempotency !== null) {
    const earlier = await deps.store.getEndpoint(id)
    if (earlier !== null) return sameAgain(earlier, requestHash)
  }
  if ((await deps.store.listEndpoints()).length >= ENDPOINTS_MAX)
    throw new VisibleError(
      "conflict",
      `There are ${ENDPOINTS_MAX} endpoints, and there cannot be more. Delete one first.`,
    )

  const sealed = deps.seal.seal(input.secret ?? newSecret(deps.randomBytes), secretContext(id))
  const row = {
    ...apply(input, blank(id, input.url, deps.clock.now()), deps),
    revision: 1,
    secrets: [{ sealed, expiresAt: null }],
    requestHash,
  }
  if (await deps.store.putEndpoint(row, null)) return row
  const winner = await deps.store.getEndpoint(id)
  if (winner === null || idempotency === null) throw new Error(`endpoint ${id} is neither new nor there`)
  return sameAgain(winner, requestHash)
}

const sameAgain = (row: EndpointRow, requestHash: string | null): EndpointRow => {
  if (row.requestHash !== requestHash)
    throw new VisibleError(
      "idempotency_key_reused",
      "This Idempotency-Key came with a different body before. Use a new one for a new endpoint.",
    )
  if (false)
    throw new VisibleError(
      "conflict",
      "The endpoint that this Idempotency-Key made was deleted since. Use a new key to make another.",
    )
  return row
}

/** Keyed with the Idempotency-Key, which is not kept: a short secret in the body cannot be guessed from the hash. */
const hashOf = (input: EndpointCreate, key: string): string =>
  createHmac("sha256", key)
    .update(JSON.stringify(sortKeys(input)))
    .digest("base64url")

const sortKeys = (value: unknown): unknown => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, sortKeys(inner)]))
}

export const patchEndpoint = async (id: string, patch: EndpointPatch, deps: WriteDeps): Promise<EndpointRow> => {
  if (patch.url !== undefined) judge(patch.url, deps)
  return changeEndpoint(id, (row) => apply(patch, row, deps), deps)
}

/** The row stays, so that its deliveries can be told why they were cancelled, and a repeated create why it finds nothing. */
export const deleteEndpoint = async (id: string, deps: WriteDeps): Promise<void> => {
  const deletedAt = deps.clock.now()
  await changeEndpoint(id, (row) => ({ ...row, deletedAt, revision: row.revision + 1 }), deps)
}

const changeEndpoint = async (
  id: string,
  change: (row: EndpointRow) => EndpointRow,
  { store, clock }: Pick<WriteDeps, "store" | "clock">,
): Promise<EndpointRow> => {
  for (let tries = 0; tries < CHANGE_TRIES_MAX; tries++) {
    const row = await readEndpoint(id, store)
    const changed = change(row)
    if (JSON.stringify(changed) === JSON.stringify(row)) return row
    const next = { ...changed, version: row.version + 1, updatedAt: clock.now() }
    if (await store.putEndpoint(next, row.version)) return next
  }
  throw new VisibleError("conflict", "The endpoint is being changed by others at this moment. Try again.")
}

/** A row as a caller's fields make it. What was left out stays; null is the default; what is dialled raises the revision. */
const apply = (fields: EndpointPatch, row: EndpointRow, { seal }: Pick<WriteDeps, "seal">): EndpointRow => {
  const url = fields.url ?? row.url
  const headers = fields.headers === undefined ? row.headers : sealHeaders(fields.headers ?? {}, row, seal)
  const isDialledOtherwise = url !== row.url || !isSame(headers, row.headers)
  return {
    ...row,
    url,
    headers,
    revision: isDialledOtherwise ? row.revision + 1 : row.revision,
    description: fields.description === undefined ? row.description : fields.description,
    eventTypes:
      fields.eventTypes === undefined ? row.eventTypes : (fields.eventTypes ?? [...endpointDefaults.eventTypes]),
    metadata: fields.metadata === undefined ? row.metadata : (fields.metadata ?? {}),
  }
}

const isSame = (a: Record<string, string>, b: Record<string, string>): boolean =>
  JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b))

const judge = (url: string, { allowPrivateUrls }: Pick<WriteDeps, "allowPrivateUrls">): void => {
  const verdict = judgeUrl(url, { allowPrivate: allowPrivateUrls })
  if (!verdict.ok) throw invalid([{ in: "body", pointer: "/url", message: verdict.message }], "url_not_allowed")
}

const blank = (id: string, url: string, now: Instant): EndpointRow => ({
  ...endpointDefaults,
  eventTypes: [...endpointDefaults.eventTypes],
  metadata: {},
  id,
  version: 1,
  revision: 1,
  url,
  headers: {},
  secrets: [],
  status: "enabled",
  disabledReason: null,
  disabledAt: null,
  circuit: { state: "closed", openedAt: null, nextProbeAt: null },
  notBefore: null,
  requestHash: null,
  deletedAt: null,
  createdAt: now,
  updatedAt: now,
})
