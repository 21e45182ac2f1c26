import * as fc from "fast-check"

/** For tests only: filters and events that have a good chance to meet. Few names, few values, all operators. */

const name = fc.constantFrom("a", "b", "c", "d")
const text = fc.constantFrom("", "x", "X", "xy", "Xy", "yx", "xyx", "y*x", "\\x", "ä", "Ä", "5")
const filled = text.filter((one) => one !== "")
const number = fc.constantFrom(-1, 0, 1, 1.5, 2)
const literal = fc.oneof({ weight: 3, arbitrary: text }, number, fc.boolean(), fc.constant(null))

const oneOrMore = <T>(one: fc.Arbitrary<T>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }))

const pattern = fc
  .array(fc.constantFrom("*", "x", "y", "X", "ä", "\\*", "\\\\"), { maxLength: 5 })
  .map((tokens) => tokens.join("").replaceAll(/(?<!\\)\*(?:\*)+/g, "*"))
  .filter((one) => !one.replaceAll(/\\[*\\]/g, "").includes("**"))

const range = fc
  .tuple(fc.constantFrom(">", ">="), number, fc.constantFrom("<", "<="), number)
  .filter(([, low, , high]) => low < high)

const alternative: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: literal },
  fc.oneof(text, fc.record({ "equals-ignore-case": text })).map((prefix) => ({ prefix })),
  fc.oneof(text, fc.record({ "equals-ignore-case": text })).map((suffix) => ({ suffix })),
  text.map((one) => ({ "equals-ignore-case": one })),
  pattern.map((wildcard) => ({ wildcard })),
  fc.boolean().map((exists) => ({ exists })),
  fc.oneof(fc.tuple(fc.constantFrom("=", "<", "<=", ">", ">="), number), range).map((numeric) => ({ numeric })),
  fc
    .oneof(
      oneOrMore(text),
      oneOrMore(number),
      oneOrMore(filled).map((prefix) => ({ prefix })),
      oneOrMore(filled).map((suffix) => ({ suffix })),
      oneOrMore(text).map((one) => ({ "equals-ignore-case": one })),
      oneOrMore(pattern).map((wildcard) => ({ wildcard })),
    )
    .map((one) => ({ "anything-but": one })),
)

const field = fc.array(alternative, { minLength: 1, maxLength: 3 })

/** Not each of these can be read: the same field may stand in and outside of an `$or`. */
export const filterArbitrary = fc.letrec<{ pattern: Record<string, unknown>; node: unknown }>((tie) => ({
  pattern: fc.oneof(
    { weight: 4, arbitrary: fc.dictionary(name, tie("node"), { minKeys: 1, maxKeys: 3, depthIdentifier: "filter" }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.dictionary(name, tie("node"), { maxKeys: 2, depthIdentifier: "filter" }),
          fc.array(tie("pattern"), { minLength: 2, maxLength: 3, depthIdentifier: "filter" }),
        )
        .map(([own, branches]) => ({ ...own, $or: branches })),
    },
  ),
  node: fc.oneof({ depthIdentifier: "filter", depthSize: "small", maxDepth: 3 }, field, tie("pattern")),
})).pattern

export const eventArbitrary = fc.letrec<{ object: Record<string, unknown>; node: unknown }>((tie) => ({
  object: fc.dictionary(name, tie("node"), { maxKeys: 4, depthIdentifier: "event" }),
  node: fc.oneof(
    { depthIdentifier: "event", depthSize: "small", maxDepth: 4 },
    { weight: 3, arbitrary: literal },
    { weight: 3, arbitrary: tie("object") },
    { weight: 2, arbitrary: fc.array(tie("node"), { maxLength: 3, depthIdentifier: "event" }) },
  ),
})).object

/** An event made to meet the filter: objects, some in lists, along its names, with values from its alternatives. */
export const eventFor = (filter: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> => {
  const entries = Object.entries(filter).flatMap(([key, inner]) =>
    key === "$or"
      ? (inner as Record<string, unknown>[]).flatMap((branch) => Object.entries(branch))
      : [[key, inner] as const],
  )
  const fields = Object.fromEntries(
    entries.filter(([key]) => key !== "$or").map(([key, inner]) => [key, valueFor(inner)]),
  )
  return fc.record(fields, { requiredKeys: [] })
}

const valueFor = (inner: unknown): fc.Arbitrary<unknown> => {
  const one = Array.isArray(inner)
    ? fc.oneof(literal, fc.constantFrom(...(inner as unknown[]).map(hintOf)))
    : eventFor(inner as Record<string, unknown>)
  return fc.oneof({ weight: 2, arbitrary: one }, { weight: 1, arbitrary: fc.array(one, { maxLength: 3 }) })
}

/** A value that has something to do with an alternative. */
const hintOf = (one: unknown): unknown =>
  typeof one === "object" && one !== null
    ? (Object.values(one as Record<string, unknown>)
        .flat()
        .find((inner) => typeof inner !== "object") ?? "x")
    : one
