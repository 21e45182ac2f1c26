import type { Checkpoint } from "@posthorn/core/account"
import { shortHash } from "@posthorn/core/id"
import type { LogRow } from "@posthorn/core/log-row"
import { diff } from "@posthorn/core/poll/diff"
import { rowOf } from "@posthorn/core/poll/event-of"
import { fold } from "@posthorn/core/poll/fold"
import { readThread } from "@posthorn/core/poll/read-thread"
import { newCheckpoint } from "@posthorn/core/poll/remember"
import type { ListedConversation, Thread, ThreadMessage, ThreadWindow } from "@posthorn/core/upstream/thread"
import fc from "fast-check"
import { expect, it } from "vitest"
import { isNewMessage } from "./observe-log.ts"

/** One conversation, polled by the pure functions alone: reads, diffs and folds, and crashes between append and checkpoint. */

const BASELINE = Date.UTC(2026, 10, 1)
const LATE_MS = 15 * 60_000
const PAGE_MAX = 1_000

const listed: ListedConversation = {
  id: "2-talk",
  urn: "urn:li:msg_conversation:(urn:li:fsd_profile:ACoAAada,2-talk)",
  url: null,
  title: null,
  isGroup: false,
  participants: [],
  unreadCount: 0,
  lastActivityAt: BASELINE,
  createdAt: null,
  preview: "",
  previewSentAt: null,
}

const op = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      gaps: fc.array(fc.nat(400_000), { minLength: 1, maxLength: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("tie" as const), count: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("late" as const), back: fc.nat(LATE_MS - 1) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("poll" as const), dies: fc.option(fc.nat(70)), twice: fc.boolean() }),
  },
)

class Conversation {
  readonly messages: ThreadMessage[] = []
  readonly log: LogRow[] = []
  checkpoint: Checkpoint = newCheckpoint(listed.id, BASELINE)
  readonly #page: number

  constructor(page: number) {
    this.#page = page
  }

  write(sentAt: number): void {
    const number = this.messages.length
    const id = `2-${shortHash(String(number))}`
    const direction = (["inbound", "outbound", "unknown"] as const)[number % 3] ?? "unknown"
    const content = { text: `text ${number}`, subject: null, sender: null, attachments: [], reactions: [] }
    this.messages.push({ id, urn: id, sentAt, direction, ...content })
    this.messages.sort((a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : 1))
  }

  newest(): number {
    return this.messages.at(-1)?.sentAt ?? BASELINE
  }

  /** What a poll would append now. */
  async look(): Promise<{ before: Checkpoint; found: ReturnType<typeof diff> }> {
    const before = this.checkpoint
    const read = await readThread(listed, before, BASELINE, async (window) => this.#show(window))
    return {
      before,
      found: diff(before, { accountId: "ada", baselinedAt: BASELINE, listed, ...read, participants: [] }),
    }
  }

  /** Appends, then moves the checkpoint; dies after so many rows if it is told to. False where another was faster. */
  commit({ before, found }: Awaited<ReturnType<Conversation["look"]>>, head: number, dies: number | null): boolean {
    let checkpoint = found.checkpoint
    for (const [index, draft] of found.drafts.entries()) {
      if (index === dies) return false
      const position = head + index + 1
      if (this.log.length >= position) return false
      const sequence = (checkpoint.sequences[draft.type] ?? 0) + 1
      const place = {
        account: { id: "ada", name: null, profileUrn: null },
        listed,
        participants: null,
        backfill: false,
      }
      const row = rowOf(draft, { ...place, position, sequence, previous: checkpoint.lastPosition, seenAt: BASELINE })
      this.log.push(row)
      checkpoint = fold(checkpoint, row, draft.prints ?? undefined)
    }
    if (this.checkpoint.upto !== before.upto) return false
    this.checkpoint = checkpoint
    return true
  }

  /** The first step of every poll: rows behind the checkpoint are folded in. */
  recover(): void {
    this.checkpoint = this.log.reduce((checkpoint, row) => fold(checkpoint, row), this.checkpoint)
  }

  #show(window: ThreadWindow): Thread {
    const before =
      window.kind === "older" ? this.messages.filter(({ sentAt }) => sentAt < Number(window.than)) : this.messages
    const messages =
      window.kind === "newer"
        ? this.messages.filter(({ sentAt }) => sentAt >= window.from).slice(0, window.count)
        : before.slice(-(window.kind === "older" ? Math.min(window.count, PAGE_MAX) : this.#page))
    const oldest = messages[0]
    return {
      dialect: "legacy",
      accountId: "ada",
      profileUrn: null,
      messages,
      unreadable: 0,
      participants: null,
      hasOlder: this.messages[0]?.id !== oldest?.id,
      older: oldest === undefined ? null : String(oldest.sentAt + 1),
    }
  }
}

it(
  "each message is one event and sequences have no gap, whatever repeats, races, ties, comes late or dies",
  { timeout: 120_000 },
  async () => {
    const runs = fc.asyncProperty(
      fc.integer({ min: 3, max: 50 }),
      fc.array(op, { maxLength: 30 }),
      async (page, ops) => {
        const talk = new Conversation(page)
        for (const step of ops) {
          if (step.kind === "write") for (const gap of step.gaps) talk.write(talk.newest() + 1 + gap)
          else if (step.kind === "tie")
            for (let count = 0; count < step.count; count++) talk.write(Math.max(talk.newest(), BASELINE + 1))
          else if (step.kind === "late") talk.write(Math.max(talk.newest() - step.back, BASELINE + 1))
          else {
            talk.recover()
            const head = talk.log.length
            const [first, second] = [await talk.look(), await talk.look()]
            talk.commit(first, head, step.dies)
            if (step.twice) talk.commit(second, head, null)
          }
        }
        talk.write(talk.newest() + 1)
        for (let polls = 0; polls < 3; polls++) {
          talk.recover()
          talk.commit(await talk.look(), talk.log.length, null)
        }

        const events = talk.log.filter(isNewMessage)
        expect(events.map(({ event }) => event.data.message.id).sort()).toEqual(
          talk.messages.map(({ id }) => id).sort(),
        )
        for (const type of new Set(talk.log.map(({ event }) => event.type))) {
          const sequences = talk.log.filter(({ event }) => event.type === type).map(({ sequence }) => sequence)
          expect(sequences, type).toEqual(sequences.map((_, index) => index + 1))
        }
      },
    )
    await fc.assert(runs, { numRuns: Number(process.env.POSTHORN_SEEDS ?? 60) })
  },
)
