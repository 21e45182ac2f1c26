/** A bounded memory of what was used last: at most `sizeMax` in all, as the caller measures it. */
export const createRecent = <Value>(sizeMax: number) => {
  const kept = new Map<string, { value: Value; size: number }>()
  let total = 0

  const remove = (key: string): void => {
    total -= kept.get(key)?.size ?? 0
    kept.delete(key)
  }

  return {
    get: (key: string): Value | undefined => {
      const found = kept.get(key)
      if (found === undefined) return undefined
      kept.delete(key)
      kept.set(key, found)
      return found.value
    },
    set: (key: string, value: Value, size: number): void => {
      remove(key)
      kept.set(key, { value, size })
      total += size
      for (const oldest of kept.keys()) {
        if (total <= sizeMax) break
        remove(oldest)
      }
    },
    delete: remove,
    clear: (): void => {
      kept.clear()
      total = 0
    },
  }
}
