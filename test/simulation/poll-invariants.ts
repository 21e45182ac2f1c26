import { messageEventId } from "@posthorn/core/event"
import type { LogRow } from "@posthorn/core/log-row"
import type { Inbox, Letter, Talk } from "./inbox.ts"
import { isNewMessage, type LogHistory } from "./observe-log.ts"
import type { Shown } from "./upstream-model.ts"

/**
 * Guarantees 1, 3, 4 and 5 of an account, after a quiet time. `line` is what its baselining poll was shown, `tried` what others
 * were shown that drew the line at the same time or died over it. Of a conversation that is not in `line` theirs may stay, and a
 * later one of theirs stands.
 */
export const checkAccount = (
  inbox: Inbox,
  line: Shown | undefined,
  tried: Shown[],
  history: LogHistory,
  mayBeBackfilled: (letter: Letter) => boolean,
): string[] => {
  const rows = history.rows.get(inbox.account) ?? []
  if (line === undefined) return [`${inbox.account} was never baselined`]
  return [
    ...checkMessages(inbox, line, tried, rows, mayBeBackfilled),
    ...checkSequences(rows),
    ...checkPrevious(rows),
    ...rows
      .filter((row) => !history.taken.has(`${row.log} ${row.position}`) && !history.unpublishable.has(row.event.id))
      .map((row) => `${row.log} ${row.position} was never published`),
    ...((history.published.get(inbox.account) ?? 0) === rows.length
      ? []
      : [`published of ${inbox.account} fell behind`]),
  ]
}

/** Where history ends: at or before it nothing is sent. */
const lineOf = (talk: Talk, line: Shown): number => line.activity.get(talk.id) ?? line.date

const typeOf = (letter: Letter): string =>
  letter.direction === "inbound"
    ? "message.received"
    : letter.direction === "outbound"
      ? "message.sent"
      : "message.unattributed"

/**
 * Every message after the baseline is one event, with its one id, of the right type. No other message is any, but for those that a
 * backfill was asked for: they are marked, and no other is.
 */
const checkMessages = (
  inbox: Inbox,
  line: Shown,
  tried: Shown[],
  rows: LogRow[],
  mayBeBackfilled: (letter: Letter) => boolean,
): string[] => {
  const triedOf = (talk: Talk): number =>
    line.activity.has(talk.id) ? Infinity : Math.min(...tried.map(({ activity }) => activity.get(talk.id) ?? Infinity))
  const lastLineOf = (talk: Talk): number =>
    Math.max(lineOf(talk, line), ...tried.map(({ activity }) => activity.get(talk.id) ?? 0))
  const allowed = new Map(
    inbox.talks.flatMap((talk) =>
      talk.letters
        .filter((letter) => !letter.garbled && letter.sentAt > Math.min(lineOf(talk, line), triedOf(talk)))
        .map((letter) => [messageEventId(inbox.account, talk.id, letter.id), { talk, letter }]),
    ),
  )
  const past = new Map(
    inbox.talks.flatMap((talk) =>
      talk.letters
        .filter((letter) => !letter.garbled && letter.sentAt <= lastLineOf(talk) && mayBeBackfilled(letter))
        .map((letter) => [messageEventId(inbox.account, talk.id, letter.id), { talk, letter }]),
    ),
  )
  const found = rows.filter(isNewMessage)
  const foundIds = new Set(found.map((row) => row.event.id))
  const lost = [...allowed].filter(([id, { talk, letter }]) => letter.sentAt > lastLineOf(talk) && !foundIds.has(id))
  return [
    ...lost.map(
      ([, { talk, letter }]) =>
        `lost: ${letter.id} of ${talk.id}, sent ${letter.sentAt - lineOf(talk, line)} ms after the baseline`,
    ),
    ...found.flatMap((row) => {
      const why = (row.event.data.backfill ? past : allowed).get(row.event.id)
      if (why === undefined) return [`not to be sent: ${row.event.data.message.id} (history, or another's)`]
      return typeOf(why.letter) === row.event.type
        ? []
        : [`${row.event.id} is ${row.event.type}, not ${typeOf(why.letter)}`]
    }),
  ]
}

const checkSequences = (rows: LogRow[]): string[] => {
  const last = new Map<string, number>()
  return rows.flatMap((row) => {
    if (row.sequence === null) return []
    const name = `${row.conversationId ?? ""} ${row.event.type}`
    const expected = (last.get(name) ?? 0) + 1
    last.set(name, row.sequence)
    return row.sequence === expected ? [] : [`sequence ${row.sequence} of ${name} stands where ${expected} is due`]
  })
}

const checkPrevious = (rows: LogRow[]): string[] => {
  const last = new Map<string, number>()
  return rows.flatMap((row) => {
    if (row.conversationId === null) return []
    const expected = last.get(row.conversationId) ?? null
    last.set(row.conversationId, row.position)
    return row.previous === expected
      ? []
      : [`row ${row.position} names ${row.previous} as its previous, not ${expected}`]
  })
}
