import type { Dice } from "./dice.ts"

/** One account's conversations as LinkedIn has them. What upstream shows of them is another matter: see upstream-model.ts. */

export interface Letter {
  id: string
  sentAt: number
  direction: "inbound" | "outbound" | "unknown"
  text: string
  likes: number
  /** Upstream shows it in a shape that cannot be read. */
  garbled: boolean
}

export interface Talk {
  id: string
  createdAt: number
  /** By sentAt, then id. */
  letters: Letter[]
  unread: number
  /** Edits, reactions, renames: activity without a message. */
  touchedAt: number
  /** False while it lies in a folder that upstream does not show. */
  shown: boolean
  sick: boolean
}

export interface Inbox {
  account: string
  talks: Talk[]
  written: { letters: number; ties: number; late: number; own: number }
}

/** A late message is never sent earlier than this before the newest of its conversation. */
const LATE_MS = 15 * 60_000
const WEEK_MS = 7 * 86_400_000
const TALKS_MAX = 12

export const newInbox = (account: string, now: number, dice: Dice): Inbox => {
  const inbox: Inbox = { account, talks: [], written: { letters: 0, ties: 0, late: 0, own: 0 } }
  for (let count = dice.between(0, 8); count > 0; count--) {
    const talk = newTalk(inbox, now - dice.int(WEEK_MS), dice)
    talk.shown = dice.chance(0.85)
    for (let letters = dice.int(12); letters > 0; letters--)
      insert(talk, letterAt(talk.createdAt + dice.int(now - talk.createdAt), dice))
  }
  return inbox
}

const newTalk = (inbox: Inbox, createdAt: number, dice: Dice): Talk => {
  const id = `2-talk${inbox.talks.length}x${dice.int(1_000)}`
  const talk: Talk = { id, createdAt, letters: [], unread: 0, touchedAt: createdAt, shown: true, sick: false }
  inbox.talks.push(talk)
  return talk
}

/** Something happens in the inbox: mostly a message, in one of the ways in which messages make trouble. */
export const happen = (inbox: Inbox, now: number, dice: Dice): void => {
  const dies = dice.next()
  if ((dies < 0.14 && inbox.talks.length < TALKS_MAX) || inbox.talks.length === 0) {
    write(inbox, newTalk(inbox, now, dice), now, dice)
    return
  }
  const talk = dice.pick(inbox.talks)
  if (dies < 0.38) {
    write(inbox, talk, now, dice)
    return
  }
  if (dies < 0.6) {
    for (let count = dice.between(1, 3); count > 0; count--) writeLate(inbox, talk, now, dice)
    return
  }
  if (dies < 0.65) {
    // A burst: more than a page, with several messages of one instant.
    let at = Math.max(now - 5_000, (talk.letters.at(-1)?.sentAt ?? 0) + 1)
    for (let count = dice.between(5, 60); count > 0; count--, at += 1 + dice.int(60)) write(inbox, talk, at, dice)
    return
  }
  if (dies < 0.72) talk.unread = 0
  else if (dies < 0.76) talk.shown = true
  else if (dies < 0.82) talk.sick = !talk.sick
  else if (dies < 0.92) change(talk, now, dice)
  else talk.touchedAt = now
}

const write = (inbox: Inbox, talk: Talk, now: number, dice: Dice): void => {
  const last = talk.letters.at(-1)
  const ties = last !== undefined && dice.chance(0.2)
  add(inbox, talk, letterAt(ties ? last.sentAt : Math.max(now, last?.sentAt ?? 0), dice), true)
}

/** Comes in now with an old time; the unread count rises with it, or does not. */
const writeLate = (inbox: Inbox, talk: Talk, now: number, dice: Dice): void => {
  const newest = talk.letters.at(-1)?.sentAt
  if (newest === undefined) {
    write(inbox, talk, now, dice)
    return
  }
  inbox.written.late++
  add(inbox, talk, letterAt(Math.max(newest - dice.int(LATE_MS), talk.createdAt + 1), dice), dice.chance(0.5))
}

const add = (inbox: Inbox, talk: Talk, letter: Letter, rises: boolean): void => {
  inbox.written.letters++
  if (talk.letters.some(({ sentAt }) => sentAt === letter.sentAt)) inbox.written.ties++
  if (letter.direction === "outbound") inbox.written.own++
  else if (rises) talk.unread++
  insert(talk, letter)
}

const insert = (talk: Talk, letter: Letter): void => {
  talk.letters.push(letter)
  talk.letters.sort((a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : 1))
}

const letterAt = (sentAt: number, dice: Dice): Letter => ({
  // Ids do not rise with time.
  id: `2-${Buffer.from(dice.bytes(6)).toString("hex")}`,
  sentAt,
  direction: dice.pick(["inbound", "inbound", "inbound", "outbound", "outbound", "unknown"] as const),
  text: `text ${dice.int(1_000_000)}`,
  likes: 0,
  garbled: dice.chance(0.01),
})

const change = (talk: Talk, now: number, dice: Dice): void => {
  const letter = talk.letters.at(-1 - dice.int(3))
  if (letter === undefined) return
  if (dice.chance(0.5)) letter.text += " edited"
  else letter.likes++
  if (dice.chance(0.7)) talk.touchedAt = now
}

/** The last message of a run in each conversation, so that all of them are read once more. */
export const writeLast = (inbox: Inbox, now: number, dice: Dice): void => {
  for (const talk of inbox.talks) {
    Object.assign(talk, { sick: false, shown: true })
    add(inbox, talk, { ...letterAt(Math.max(now, (talk.letters.at(-1)?.sentAt ?? 0) + 1), dice), garbled: false }, true)
  }
}

/** When the list says that something last happened. */
export const activityOf = (talk: Talk): number => Math.max(talk.touchedAt, talk.letters.at(-1)?.sentAt ?? 0)
