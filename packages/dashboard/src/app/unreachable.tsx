import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef, useSyncExternalStore } from "react"

import { onReachable, readReachable } from "../api/connection.ts"
import { LIVE_MS } from "../api/live-list.ts"
import { api } from "../api/client.ts"

/** Says that the API is away, asks until it is back, and then has everything on the page asked for again. */
export const Unreachable = () => {
  const isReachable = useSyncExternalStore(onReachable, readReachable)
  const queries = useQueryClient()
  const wasAway = useRef(false)
  useQuery({
    queryKey: ["is it back?"],
    // Whatever it answers, it answers.
    queryFn: () => api.me.$get({ query: {} }).then(() => true),
    enabled: !isReachable,
    refetchInterval: LIVE_MS,
    gcTime: 0,
  })
  useEffect(() => {
    if (isReachable && wasAway.current) void queries.invalidateQueries()
    wasAway.current = !isReachable
  }, [isReachable, queries])
  if (isReachable) return null
  return (
    <div className="banner" role="alert">
      The API does not answer. What you see is how it was; this page goes on by itself when the API is back.
    </div>
  )
}
