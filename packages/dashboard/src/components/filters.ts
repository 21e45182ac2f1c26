import { useSearchParams } from "wouter"

/** Filters that stand in the address, so that they survive a reload, can be shared, and the browser's Back undoes one. */
export const useFilters = <Name extends string>(names: readonly Name[]) => {
  const [params, setParams] = useSearchParams()
  const query = Object.fromEntries(
    names.flatMap((name) => {
      const value = params.get(name)
      return value === null || value === "" ? [] : [[name, value] as const]
    }),
  ) as Partial<Record<Name, string>>
  return {
    /** Those that are set, as the API takes them. */
    query,
    isFiltered: Object.keys(query).length > 0,
    /** Several values of one filter stand behind each other, with commas between them. */
    several: (name: Name): string[] => query[name]?.split(",") ?? [],
    /** With `replace` Back does not undo it: for what is typed letter by letter. */
    set: (name: Name, value: string | readonly string[] | null, { replace = false } = {}): void => {
      const text = typeof value === "string" ? value : (value ?? []).join(",")
      setParams(
        (known) => {
          const changed = new URLSearchParams(known)
          if (text === "") changed.delete(name)
          else changed.set(name, text)
          return changed
        },
        { replace },
      )
    },
    clear: (): void => setParams({}),
  }
}
