import type { Endpoint, EndpointInput } from "../../api/resources.ts"
import { eventTypes, isCoveredByStar } from "../../components/event-types.ts"
import { numberOf } from "../../components/number-field.ts"

/** An endpoint as a form holds it. What is right the API alone decides: here texts become JSON and nothing is judged. */

const REDACTED = "[redacted]"
const STAR = "*"

export interface Pair {
  /** Tells rows apart while their names are being written. */
  key: number
  name: string
  value: string
  /** A header of which the API has the value and does not show it: left empty, it stays. */
  isStored: boolean
}

export interface EndpointForm {
  url: string
  description: string
  types: ReadonlySet<string>
  customTypes: string
  filter: string
  format: NonNullable<EndpointInput["format"]>
  ordering: NonNullable<EndpointInput["ordering"]>
  headers: Pair[]
  metadata: Pair[]
  rateLimit: string
  secret: string
}

export const emptyForm: EndpointForm = {
  url: "",
  description: "",
  types: new Set(["message.received"]),
  customTypes: "",
  filter: "",
  format: "standard",
  ordering: "none",
  headers: [],
  metadata: [],
  rateLimit: "",
  secret: "",
}

export const formOf = (endpoint: Endpoint): EndpointForm => ({
  url: endpoint.url,
  description: endpoint.description ?? "",
  types: new Set(endpoint.eventTypes.filter(isListed)),
  customTypes: endpoint.eventTypes.filter((type) => !isListed(type)).join(", "),
  filter: endpoint.filter === null ? "" : JSON.stringify(endpoint.filter, null, 2),
  format: endpoint.format,
  ordering: endpoint.ordering,
  headers: pairsOf(endpoint.headers, true),
  metadata: pairsOf(endpoint.metadata, false),
  rateLimit: endpoint.rateLimit === null ? "" : String(endpoint.rateLimit),
  secret: "",
})

const isListed = (type: string): boolean => type === STAR || (eventTypes as string[]).includes(type)

const pairsOf = (values: Record<string, string>, isStored: boolean): Pair[] =>
  Object.entries(values).map(([name, value], key) => ({ key, name, value: isStored ? "" : value, isStored }))

/** A row more, to be filled in. */
export const addPair = (pairs: Pair[]): Pair[] => [
  ...pairs,
  { key: Math.max(-1, ...pairs.map(({ key }) => key)) + 1, name: "", value: "", isStored: false },
]

/** With `*` the types that it covers go without saying. */
export const typesOf = ({ types, customTypes }: Pick<EndpointForm, "types" | "customTypes">): string[] => [
  ...(types.has(STAR) ? [STAR] : []),
  ...eventTypes.filter((type) => types.has(type) && !(types.has(STAR) && isCoveredByStar(type))),
  ...customTypes.split(/[\s,]+/).filter((type) => type !== ""),
]

/** The filter that a text stands for, null for none, or why it stands for nothing. The API gets JSON, so that it cannot say this. */
export const parseFilterText = (
  text: string,
): { ok: true; filter: Record<string, unknown> | null } | { ok: false; message: string } => {
  if (text.trim() === "") return { ok: true, filter: null }
  try {
    return { ok: true, filter: JSON.parse(text) as Record<string, unknown> }
  } catch (error) {
    return { ok: false, message: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** A name that stands in two rows cannot be sent as an object, which would drop one of them. */
export const repeatedName = (pairs: Pair[]): string | null => {
  const names = pairs.map(({ name }) => name.trim()).filter((name) => name !== "")
  return names.find((name, index) => names.indexOf(name) < index) ?? null
}

/** What is sent. Empty fields are null, which stands for the default. Null where the form stands for no JSON. */
export const inputOf = (form: EndpointForm): EndpointInput | null => {
  const parsed = parseFilterText(form.filter)
  if (!parsed.ok || repeatedName(form.headers) !== null || repeatedName(form.metadata) !== null) return null
  return {
    url: form.url.trim(),
    description: textOrNull(form.description),
    eventTypes: typesOf(form),
    filter: parsed.filter,
    format: form.format,
    ordering: form.ordering,
    headers: objectOf(form.headers),
    metadata: objectOf(form.metadata),
    rateLimit: numberOf(form.rateLimit),
    secret: textOrNull(form.secret.trim()),
  }
}

export type EndpointChange = Partial<Omit<EndpointInput, "secret">>

/** The fields that are not as they were: what others change meanwhile is left alone. Null as for `inputOf`. */
export const changeOf = (before: EndpointForm, after: EndpointForm): EndpointChange | null => {
  const [was, is] = [inputOf(before), inputOf(after)]
  if (was === null || is === null) return null
  const fields = Object.keys(is) as (keyof EndpointInput)[]
  const changed = fields.filter(
    (field) => field !== "secret" && JSON.stringify(is[field]) !== JSON.stringify(was[field]),
  )
  return Object.fromEntries(changed.map((field) => [field, is[field]]))
}

const textOrNull = (text: string): string | null => (text === "" ? null : text)

const objectOf = (pairs: Pair[]): Record<string, string> =>
  Object.fromEntries(
    pairs
      .filter(({ name, value }) => name !== "" || value !== "")
      .map(({ name, value, isStored }) => [name.trim(), isStored && value === "" ? REDACTED : value]),
  )
