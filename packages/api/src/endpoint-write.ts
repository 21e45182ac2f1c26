import { judgeUrl } from "@posthorn/core/delivery/guard"
import { probedAnew } from "@posthorn/core/delivery/probe-anew"
import type { EndpointRow } from "@posthorn/core/endpoint"
import { VisibleError } from "@posthorn/core/error"
import type { EndpointStore } from "@posthorn/core/ports"

import type { ApiDeps } from "./deps.ts"
import { endpointDefaults, type EndpointPatch } from "./endpoint-fields.ts"
import { sealHeaders } from "./endpoint-headers.ts"
import { refuseUnknownFields } from "./filter-field.ts"
import { notFound } from "./router.ts"
import { invalid } from "./validate.ts"

/** How often a change is tried against deliveries that write the same row; each try reads it afresh. */
const CHANGE_TRIES_MAX = 10

export type WriteDeps = Pick<ApiDeps, "clock" | "randomBytes" | "seal" | "allowPrivateUrls"> & { store: EndpointStore }

/** An endpoint that exists, or a 404: a deleted one's row is there for its deliveries only. */
export const readEndpoint = async (id: string, store: Pick<EndpointStore, "getEndpoint">): Promise<EndpointRow> => {
  const row = await store.getEndpoint(id)
  if (row === null || row.deletedAt !== null) throw notFound("endpoint")
  return row
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

/** The row as `change` makes it of what is stored; what is the same already is not written. */
export const changeEndpoint = async (
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
export const apply = (
  fields: EndpointPatch,
  row: EndpointRow,
  { seal, clock }: Pick<WriteDeps, "seal" | "clock">,
): EndpointRow => {
  const url = fields.url ?? row.url
  const headers = fields.headers === undefined ? row.headers : sealHeaders(fields.headers ?? {}, row, seal)
  const format = fields.format === undefined ? row.format : (fields.format ?? endpointDefaults.format)
  const isDialledOtherwise = url !== row.url || !isSame(headers, row.headers) || format !== row.format
  // Gone was the address, and what it answered says nothing about another: a new one begins anew.
  const isBack = url !== row.url && row.disabledReason === "gone"
  const eventTypes =
    fields.eventTypes === undefined ? row.eventTypes : (fields.eventTypes ?? [...endpointDefaults.eventTypes])
  const filter = fields.filter === undefined ? row.filter : fields.filter
  if (fields.filter !== undefined || fields.eventTypes !== undefined) refuseUnknownFields(filter, eventTypes)
  return {
    ...row,
    ...(isBack ? { status: "enabled" as const, disabledReason: null, disabledAt: null, enabledAt: clock.now() } : {}),
    ...(url === row.url ? {} : probedAnew(row, clock.now())),
    url,
    headers,
    revision: isDialledOtherwise ? row.revision + 1 : row.revision,
    description: fields.description === undefined ? row.description : fields.description,
    eventTypes,
    metadata: fields.metadata === undefined ? row.metadata : (fields.metadata ?? {}),
    filter,
    format,
    ordering: fields.ordering === undefined ? row.ordering : (fields.ordering ?? endpointDefaults.ordering),
    rateLimit: fields.rateLimit === undefined ? row.rateLimit : fields.rateLimit,
  }
}

const isSame = (a: Record<string, string>, b: Record<string, string>): boolean =>
  JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b))

/** By its text alone: names are resolved when they are dialled. */
export const judge = (url: string, { allowPrivateUrls }: Pick<WriteDeps, "allowPrivateUrls">): void => {
  const verdict = judgeUrl(url, { allowPrivate: allowPrivateUrls })
  if (!verdict.ok) throw invalid([{ in: "body", pointer: "/url", message: verdict.message }], "url_not_allowed")
}

/** With names in one order, at every depth: what says the same reads the same. */
export const sortKeys = (value: unknown): unknown => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, sortKeys(inner)]))
}
