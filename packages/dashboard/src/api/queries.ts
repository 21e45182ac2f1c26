import { queryOptions } from "@tanstack/react-query"

import { api, read } from "./client.ts"
import { LIVE_MS } from "./live-list.ts"
import { isSignedOut } from "./problem.ts"

/** What several pages ask for. Lists here are read to their end: accounts, endpoints and keys are few, and bounded by the API. */

const PAGE = "100"
const PAGES_MAX = 5

const all = async <Row>(
  ask: (cursor: string | undefined) => Promise<{ data: Row[]; nextCursor: string | null }>,
): Promise<Row[]> => {
  const rows: Row[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await ask(cursor)
    rows.push(...page.data)
    if (page.nextCursor === null) return rows
    cursor = page.nextCursor
  }
  return rows
}

/** One page's worth of query. */
export const paging = (cursor: string | undefined) => ({ limit: PAGE, ...(cursor !== undefined && { cursor }) })

/** Who is signed in; null for nobody. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    try {
      return await read(api.me.$get({ query: {} }))
    } catch (error) {
      if (isSignedOut(error)) return null
      throw error
    }
  },
  staleTime: 60_000,
})

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: () => all((cursor) => read(api.accounts.$get({ query: paging(cursor) }))),
  refetchInterval: LIVE_MS,
})

export const endpointsQuery = queryOptions({
  queryKey: ["endpoints"],
  queryFn: () => all((cursor) => read(api.endpoints.$get({ query: paging(cursor) }))),
  refetchInterval: LIVE_MS,
})

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: () => all((cursor) => read(api.keys.$get({ query: paging(cursor) }))),
})

/** The last hour, or so much of it as `until` says. */
export const statsQuery = queryOptions({
  queryKey: ["stats"],
  queryFn: () => read(api.stats.$get({ query: {} })),
  refetchInterval: LIVE_MS,
})
