import { createHmac } from "node:crypto"

import { secretContext } from "@posthorn/core/delivery/seal-context"
import { newSecret } from "@posthorn/core/delivery/sign"
import { closedCircuit, type EndpointRow } from "@posthorn/core/endpoint"
import { VisibleError } from "@posthorn/core/error"
import { derivedId, newId } from "@posthorn/core/id"
import { ENDPOINTS_MAX } from "@posthorn/core/ports"
import type { Instant } from "@posthorn/core/time"

import type { ApiDeps } from "./deps.ts"
import { endpointDefaults, type EndpointCreate } from "./endpoint-fields.ts"
import { apply, judge, sortKeys, type WriteDeps } from "./endpoint-write.ts"

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
  if (row.deletedAt !== null)
    throw new VisibleError(
      "conflict",
      "The endpoint that this Idempotency-Key made was deleted since. Use a new key to make another.",
    )
  if (row.rotatedAt !== null)
    throw new VisibleError(
      "conflict",
      `This Idempotency-Key has made the endpoint ${row.id}, whose secret was replaced since. It is not shown again: rotate-secret makes another.`,
    )
  return row
}

/** Keyed with the Idempotency-Key, which is not kept: a short secret in the body cannot be guessed from the hash. */
const hashOf = (input: EndpointCreate, key: string): string =>
  createHmac("sha256", key)
    .update(JSON.stringify(sortKeys(input)))
    .digest("base64url")

/** The secret in use. */
export const openSecret = (row: EndpointRow, seal: ApiDeps["seal"]): string => {
  const [current] = row.secrets
  if (current === undefined) throw new Error(`endpoint ${row.id} has no secret`)
  return seal.open(current.sealed, secretContext(row.id))
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
  circuit: closedCircuit,
  releaser: null,
  rotatedAt: null,
  enabledAt: now,
  notBefore: null,
  requestHash: null,
  deletedAt: null,
  createdAt: now,
  updatedAt: now,
})
