import { infiniteQueryOptions, type QueryKey, useInfiniteQuery } from "@tanstack/react-query"

/** How often what is on the screen is asked for again. Works alike on both runtimes, and stops while the page is hidden. */
export const LIVE_MS = 2_000
/** More than this nobody reads in a browser: a filter finds it sooner. */
export const ROWS_MAX = 1_000
/** The API hands out a page short, even empty, where a filter finds little: so many pages are walked, however little is on them. */
export const PAGES_MAX = 20

export interface Page<Row> {
  data: Row[]
  nextCursor: string | null
}

type Ask<Row> = (cursor: string | undefined) => Promise<Page<Row>>

const isFull = (pages: Page<unknown>[]): boolean =>
  pages.length >= PAGES_MAX || pages.reduce((rows, { data }) => rows + data.length, 0) >= ROWS_MAX

/**
 * A list, newest first, of which a person has walked down some pages. All of them are asked for again each time, each from the
 * cursor of the one before: a row's status changes, and under a filter a row leaves, wherever in the list it stands. The more there
 * is to ask, the less often.
 */
export const liveListOptions = <Row>(key: QueryKey, ask: Ask<Row>) =>
  infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam ?? undefined),
    initialPageParam: null as string | null,
    getNextPageParam: (last, pages) => (isFull(pages) ? null : last.nextCursor),
    refetchInterval: ({ state }) => LIVE_MS * Math.max(1, state.data?.pages.length ?? 1),
  })

/** Between the requests for two pages things move: no row stands twice. */
export const rowsOf = <Row extends { id: string }>(pages: Page<Row>[]): Row[] => [
  ...new Map(pages.flatMap(({ data }) => data).map((row) => [row.id, row])).values(),
]

/** A list, newest first, that grows at its head by itself and at its end on request. `key` has the filters in it. */
export const useLiveList = <Row extends { id: string }>(key: QueryKey, ask: Ask<Row>) => {
  const list = useInfiniteQuery(liveListOptions(key, ask))
  const pages = list.data?.pages ?? []
  return {
    rows: rowsOf(pages),
    isPending: list.isPending,
    error: list.error,
    /** There is more, and no more of it is shown. */
    isFull: isFull(pages) && typeof pages.at(-1)?.nextCursor === "string",
    hasOlder: list.hasNextPage,
    loadOlder: () => void list.fetchNextPage(),
    isLoadingOlder: list.isFetchingNextPage,
  }
}
