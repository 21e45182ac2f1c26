import * as z from "zod"

import type { Instant } from "../time.ts"

/** What a replay is asked for, beside its endpoint: `since` or `eventIds` is given, and what is given must all hold. */
export interface ReplayRequest {
  /** By seenAt: since inclusive, until exclusive. */
  since: Instant | null
  until: Instant | null
  /** Exact types; null: all that the endpoint asks for. */
  eventTypes: string[] | null
  /** At most EVENT_IDS_MAX. */
  eventIds: string[] | null
  onlyFailed: boolean
}

/** Events that can be asked for by their ids at once: as many as one step takes. */
export const EVENT_IDS_MAX = 100

const Asked = z.object({
  since: z.int().nullable(),
  until: z.int().nullable(),
  eventTypes: z.array(z.string()).nullable(),
  onlyFailed: z.boolean(),
})
export type Asked = z.infer<typeof Asked>

/** How far a replay's walk is: `JobRow.progress` of the kind `replay`. What has been walked is no longer in it. */
export const ReplayProgress = z.object({
  asked: Asked,
  /**
   * Walked one after another, each from behind `after` to `upto`, which was published when the replay was made: what comes later is
   * delivered anyway. `after` is null until the log's turn comes, and `since` is looked up in it.
   */
  logs: z.array(z.object({ log: z.string(), after: z.int().nullable(), upto: z.int() })),
  /** Events asked for by their ids, in place of logs. */
  events: z.array(z.object({ log: z.string(), position: z.int() })),
})
export type ReplayProgress = z.infer<typeof ReplayProgress>

export const isWalked = ({ logs, events }: ReplayProgress): boolean => logs.length === 0 && events.length === 0
