import { useState } from "react"

/** Which rows of a live list came since it was opened: those above the one that stood at its top then. `key` tells lists apart. */
export const useArrivals = <Row extends { id: string }>(
  key: string,
  { rows, isPending }: { rows: Row[]; isPending: boolean },
): ((row: Row) => boolean) => {
  const [opened, setOpened] = useState<{ key: string; top: string | null } | null>(null)
  if (!isPending && opened?.key !== key) setOpened({ key, top: rows[0]?.id ?? null })
  if (opened?.key !== key) return () => false
  const end = opened.top === null ? rows.length : rows.findIndex(({ id }) => id === opened.top)
  const ids = new Set(rows.slice(0, Math.max(end, 0)).map(({ id }) => id))
  return ({ id }) => ids.has(id)
}
