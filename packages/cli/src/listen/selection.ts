/**
 * The types that a run forwards, written so that equal selections are equal texts: sorted, none twice, none that another covers.
 * `["*"]` is all.
 */
export type Selection = readonly string[]

/** @param names types, and heads of types with a star behind them; none at all stand for every type */
export const selectionOf = (names: readonly string[] = []): Selection => {
  if (names.length === 0) return ["*"]
  const all = [...new Set(names)]
  return all.filter((name) => !all.some((other) => other !== name && nameCovers(other, name))).toSorted()
}

/** Whether some type may be one of both. */
export const overlaps = (one: Selection, other: Selection): boolean =>
  one.some((name) => other.some((another) => nameCovers(name, another) || nameCovers(another, name)))

/** As on the command line: `--type message.*`. */
export const sayTypes = (types: Selection): string =>
  types.length === 1 && types[0] === "*" ? "without --type" : `--type ${types.join(",")}`

const nameCovers = (wide: string, narrow: string): boolean =>
  wide === narrow || (wide.endsWith("*") && narrow.startsWith(wide.slice(0, -1)))
