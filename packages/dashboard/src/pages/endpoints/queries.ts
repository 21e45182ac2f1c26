import { queryOptions } from "@tanstack/react-query"

import { api, read } from "../../api/client.ts"
import { LIVE_MS } from "../../api/live-list.ts"
import { isAbsent } from "../../api/problem.ts"

/** What the pages of one endpoint ask for. */

/** A test is waited for by somebody who looks at it. */
const FOLLOW_MS = 500

export const endpointQuery = (id: string) =>
  queryOptions({
    queryKey: ["endpoint", id],
    queryFn: () => read(api.endpoints[":id"].$get({ param: { id: encodeURIComponent(id) }, query: {} })),
    // What is not there does not come back.
    refetchInterval: ({ state }) => (isAbsent(state.error) ? false : LIVE_MS),
  })

/** Of the last hour. */
export const endpointStatsQuery = (id: string) =>
  queryOptions({
    queryKey: ["endpoint stats", id],
    queryFn: () => read(api.stats.$get({ query: { endpointId: id } })),
    refetchInterval: LIVE_MS,
  })

/** Asked for until it is over. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["job", id],
    queryFn: () => read(api.jobs[":id"].$get({ param: { id }, query: {} })),
    refetchInterval: ({ state: { data } }) => (data === undefined || data.finishedAt === null ? FOLLOW_MS : false),
  })

/** Asked for until it is over; while it waits, less often. */
export const followedDeliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ["followed delivery", id],
    queryFn: () => read(api.deliveries[":id"].$get({ param: { id }, query: {} })),
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined || data.status === "pending") return FOLLOW_MS
      return data.finishedAt === null ? LIVE_MS : false
    },
  })
