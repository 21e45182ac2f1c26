import type { Disk } from "./disk.ts"

/** Where crash-at.mjs kills. `after` a write: right behind the commit that has it, before anything else can happen. */
export interface Point {
  when: "before" | "after"
  what: "append" | "checkpoint" | "enqueue" | "mark" | "claim" | "send" | "record"
  n: number
}

export interface Window {
  name: string
  points: Point[]
  /** Whether the relay really died there, by what it left. `requests`: how many the receiver has had for an event. */
  holds: (disk: Disk, requests: (eventId: string) => number) => boolean
}

const at = (when: Point["when"], what: Point["what"], ...ns: number[]): Point[] => ns.map((n) => ({ when, what, n }))

/** Those that leave claims come first: a claim lasts 45 s, which then pass while the other kills are made. */
export const WINDOWS: Window[] = [
  {
    name: "claimed, not sent",
    points: at("after", "claim", 1, 2, 4, 7),
    holds: ({ claims }, requests) => claims.some(({ eventId, recorded }) => requests(eventId) <= recorded),
  },
  {
    name: "sent, not recorded",
    points: [...at("after", "send", 1, 3), ...at("before", "record", 1, 4)],
    holds: ({ claims }, requests) => claims.some(({ eventId, recorded }) => requests(eventId) > recorded),
  },
  {
    name: "published, not marked",
    points: [...at("after", "enqueue", 1, 6), ...at("before", "mark", 1, 2)],
    holds: ({ unmarked }) => unmarked > 0,
  },
  {
    name: "stored, not published",
    points: at("after", "checkpoint", 1, 2, 4, 6),
    holds: ({ unpublished }) => unpublished > 0,
  },
  {
    name: "appended, checkpoint not moved",
    points: at("after", "append", 1, 2, 5, 9),
    holds: ({ unfolded }) => unfolded > 0,
  },
]
