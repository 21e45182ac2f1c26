import { keepPreviousData, useQuery } from "@tanstack/react-query"

import { api, read } from "../../api/client.ts"
import type { Endpoint } from "../../api/resources.ts"
import { eventTypes, isCoveredByStar } from "../../components/event-types.ts"
import { useSettled } from "./settled.ts"

export interface ReplayInput {
  since: string | null
  until: string | null
  onlyFailed: boolean
  eventTypes: string[] | null
}

/** What the endpoint may get again: a ping is not sent twice. */
export const replayable = ({ eventTypes: asked }: Endpoint): string[] => [
  ...eventTypes.filter(
    (type) => type !== "ping" && (asked.includes(type) || (asked.includes("*") && isCoveredByStar(type))),
  ),
  ...asked.filter((type) => type.startsWith("custom.")),
]

/** What the replay would come to, counted anew when its fields change. `isCurrent`: the count is that of the fields as they are. */
export const useReplayCount = ({ id }: Endpoint, input: ReplayInput) => {
  const wanted = JSON.stringify(input)
  const asked = useSettled(wanted)
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ["replay count", id, asked],
    queryFn: async () => {
      const json = { ...(JSON.parse(asked) as ReplayInput), dryRun: true }
      const answer = await read(api.endpoints[":id"].replay.$post({ param: { id }, query: {}, header: {}, json }))
      if (!("exact" in answer)) throw new Error("The API replayed where it was to count.")
      return answer
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
  return {
    matched: data?.matched ?? 0,
    oldest: data?.oldest ?? null,
    newest: data?.newest ?? null,
    isExact: data?.exact ?? true,
    isCurrent: data !== undefined && error === null && !isPlaceholderData && asked === wanted,
    error,
  }
}
