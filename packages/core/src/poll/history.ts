import * as z from "zod"

import type { Checkpoint } from "../account.ts"
import { Participant } from "../event.ts"
import type { Instant } from "../time.ts"
import { olderToken } from "../upstream/older.ts"
import type { ListedConversation } from "../upstream/thread.ts"
import { PAGE_COUNT } from "./read-thread.ts"

/** As the list showed it: what events say of their conversation. */
const Listed: z.ZodType<ListedConversation> = z.object({
  id: z.string(),
  urn: z.string(),
  url: z.string().nullable(),
  title: z.string().nullable(),
  isGroup: z.boolean(),
  participants: z.array(Participant),
  unreadCount: z.number(),
  lastActivityAt: z.number(),
  createdAt: z.number().nullable(),
  preview: z.string(),
  previewSentAt: z.number().nullable(),
})

/**
 * Backfill and reconciliation read what the live polls leave alone: old messages, conversation by conversation. They go step by
 * step, inside the account's polls, and keep their place here. A step that dies is taken again: what has its event gets no other.
 */
export const HistoryProgress = z.object({
  v: z.literal(1),
  /** Conversations with activity since then are read, back to it. Upstream's time. */
  since: z.number(),
  /** The list is walked again while it moves: which walk this is, from 1. */
  pass: z.int(),
  /** This walk goes back to here. */
  until: z.number(),
  /** Last activity of the first conversation that this walk showed: so far back goes the next. */
  newest: z.number().nullable(),
  /** The list's page at work; null: the first. */
  cursor: z.string().nullable(),
  /** Pages of this walk so far. */
  pages: z.int(),
  /** How often a walk had to begin anew, since upstream did not know its own cursor any more. */
  restarts: z.int(),
  /** Empty pages that were not believed. */
  empty: z.int(),
  /** shortHash of the conversations that are through. */
  done: z.array(z.string()),
  /** Conversations of this walk that could not be looked at yet: the next one has them again. */
  waiting: z.int(),
  /** The conversation at work: the next step goes on with it, and needs no look at the list for that. */
  thread: z
    .object({
      listed: Listed,
      /** Where the next page begins, as `older` of a page; null: at the newest. */
      than: z.string().nullable(),
      /** Asked for in one page; doubled where one instant fills it. */
      count: z.int(),
      /** Of reading it. */
      failures: z.int(),
    })
    .nullable(),
  /** Conversations that could not be read. */
  skipped: z.int(),
  /** Messages looked at, and those of them that had no event and have one now. */
  checked: z.int(),
  made: z.int(),
  ended: z.boolean(),
  /** Why it ended early, in words; null where it did not. */
  failure: z.string().nullable(),
})
export type HistoryProgress = z.infer<typeof HistoryProgress>
export type HistoryThread = NonNullable<HistoryProgress["thread"]>

export const startHistory = (since: Instant): HistoryProgress => ({
  v: 1,
  since,
  pass: 1,
  until: since,
  newest: null,
  cursor: null,
  pages: 0,
  restarts: 0,
  empty: 0,
  done: [],
  waiting: 0,
  thread: null,
  skipped: 0,
  checked: 0,
  made: 0,
  ended: false,
  failure: null,
})

/** More people of one conversation are not kept while it is at work. */
const PARTICIPANTS_KEPT = 50

export const startThread = (listed: ListedConversation, range: Range): HistoryThread => ({
  listed: { ...listed, participants: listed.participants.slice(0, PARTICIPANTS_KEPT) },
  than: olderToken({ before: range.from + 1, cursor: null }),
  count: PAGE_COUNT,
  failures: 0,
})

/** Which part of a conversation is to be looked at: both ends inclusive. */
export interface Range {
  from: Instant
  downTo: Instant
}

/** What a walk is for. */
export interface HistoryTask {
  /** Null: nothing of this conversation. */
  range: (checkpoint: Checkpoint, since: Instant) => Range | null
  /** Whether all of it was sent more recently than any event goes by retention. */
  isRetained: boolean
  /** As in Found: backfilled events are marked, and may be for some endpoints only. */
  backfill?: { only?: string[] }
  conversationsMax: number
  eventsMax: number
}

/**
 * A backfill: everything up to the floor. Above it is what the live polls bring, or have brought. So the two never meet, and a
 * conversation's checkpoint keeps its baseline, its floor and its known messages, whatever history comes.
 */
export const backfillTask = (only: string[] | null): HistoryTask => ({
  range: ({ floor }, since) => (since > floor ? null : { from: floor, downTo: since }),
  isRetained: false,
  backfill: only === null ? {} : { only },
  conversationsMax: 5_000,
  eventsMax: 10_000,
})

/**
 * A reconciliation: everything after the baseline up to the newest known message. What is above that is not missing but new, and
 * an unfinished walk of the live polls would take it for known ground.
 */
export const reconcileTask: HistoryTask = {
  range: ({ baseline, floor, known }, since) => {
    const range = { from: Math.max(floor, known.at(-1)?.sentAt ?? 0), downTo: Math.max(since, baseline + 1) }
    return range.downTo > range.from ? null : range
  },
  isRetained: true,
  conversationsMax: 500,
  eventsMax: 2_000,
}
