import { type QueryKey, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"

/** How often what is on the screen is asked for again. Works alike on both runtimes, and stops while the page is hidden. */
export const LIVE_MS = 2_000
/** More than this nobody reads in a browser: a filter finds it sooner. */
export const ROWS_MAX = 1_000

export interface Page<Row> {
  data: Row[]
  nextCursor: string | null
}

/** The newest page on top of what is known already. Where the two do not touch there may be rows in between: then it begins anew. */
export const mergeHead = <Row extends { id: string }>(known: Page<Row> | undefined, head: Page<Row>): Page<Row> => {
  if (known === undefined || head.nextCursor === null) return head
  const ids = new Set(head.data.map(({ id }) => id))
  const last = known.data.findLastIndex(({ id }) => ids.has(id))
  // Nothing above the last one in common is carried over: what is not in the head any more has left the list.
  const below = known.data.slice(last + 1)
  if (last === -1 || head.data.length + below.length > ROWS_MAX) return head
  return { data: [...head.data, ...below], nextCursor: known.nextCursor }
}

export const appendOlder = <Row extends { id: string }>(known: Page<Row>, older: Page<Row>): Page<Row> => {
  const ids = new Set(known.data.map(({ id }) => id))
  return { data: [...known.data, ...older.data.filter(({ id }) => !ids.has(id))], nextCursor: older.nextCursor }
}

/** A list, newest first, that grows at its head by itself and at its end on request. `key` has the filters in it. */
export const useLiveList = <Row extends { id: string }>(
  key: QueryKey,
  ask: (cursor: string | undefined) => Promise<Page<Row>>,
) => {
  const queries = useQueryClient()
  const list = useQuery({
    queryKey: key,
    queryFn: async () => {
      const head = await ask(undefined)
      return mergeHead(queries.getQueryData<Page<Row>>(key), head)
    },
    refetchInterval: LIVE_MS,
  })
  const older = useMutation({
    mutationFn: async () => {
      const cursor = queries.getQueryData<Page<Row>>(key)?.nextCursor
      if (cursor === null || cursor === undefined) return
      const page = await ask(cursor)
      queries.setQueryData<Page<Row>>(key, (known) => known && appendOlder(known, page))
    },
  })
  const rows = list.data?.data ?? []
  return {
    rows,
    isPending: list.isPending,
    error: list.error ?? older.error,
    isFull: rows.length >= ROWS_MAX,
    hasOlder: (list.data?.nextCursor ?? null) !== null && rows.length < ROWS_MAX,
    loadOlder: () => older.mutate(),
    isLoadingOlder: older.isPending,
  }
}
