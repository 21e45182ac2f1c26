import type { Participant } from "@posthorn/core/event"
import { beforeOldest, olderToken, parseOlder } from "@posthorn/core/upstream/older"
import { UpstreamError } from "@posthorn/core/upstream/thread"
import type {
  ConversationList,
  Dialect,
  ListedConversation,
  Thread,
  ThreadMessage,
  ThreadWindow,
  Upstream,
} from "@posthorn/core/upstream/thread"
import type { Dice } from "./dice.ts"
import { activityOf, type Inbox, type Letter, type Talk } from "./inbox.ts"

/** How this upstream shows things; drawn once per run. */
export interface Manners {
  threadPage: number
  listPage: number
  /** Most messages of a page that is asked for by `count`. */
  countMax: number
  /** `true`: says whether there is more; `always`: says that there is; `silent`: never says; `lies`: may say there is nothing. */
  hasOlder: "true" | "always" | "silent" | "lies"
  /** The conversations dialect answers "newer than" with the newest of them. */
  cutsOldest: boolean
  /** Upstream's clock less ours. */
  skew: number
  /** lastActivityAt in whole seconds; the preview tells the rest. */
  coarse: boolean
  /** From this instant on the conversations dialect answers, whatever was asked for. */
  migratesAt: number
}

/** `frugal`: for few requests per poll, with which threads that can only be read as a whole are not always read. */
export const drawManners = (now: number, frugal: boolean, dice: Dice): Manners => ({
  threadPage: dice.between(3, 50),
  listPage: dice.between(4, 20),
  countMax: dice.pick([50, 100, 1_000]),
  hasOlder: dice.pick(["true", "always", "silent", "lies"] as const),
  cutsOldest: !frugal && dice.chance(0.6),
  skew: dice.chance(0.5) ? 0 : dice.between(-600_000, 600_000),
  coarse: dice.chance(0.3),
  migratesAt: dice.chance(0.4) ? now : dice.chance(0.5) ? now + dice.int(1_200_000) : Infinity,
})

/** Of shorter pages upstream tells the truth about older messages: core takes no page so short for one that was cut (FULL_PAGE). */
const LIE_FROM = 10

/** What the first page of a list said, for those who check where history ends. */
export interface Shown {
  account: string
  date: number
  activity: Map<string, number>
}

/** The inboxes of all accounts, seen through upstream's windows, with its troubles. */
export class UpstreamModel {
  readonly manners: Manners
  readonly inboxes: Inbox[]
  /** All of upstream fails until then, or says 429. */
  downUntil = 0
  limitedUntil = 0
  /** Chance of trouble with a single answer. */
  trouble = 0.02
  readonly #dice: Dice
  readonly #now: () => number

  constructor(inboxes: Inbox[], manners: Manners, dice: Dice, now: () => number) {
    this.inboxes = inboxes
    this.manners = manners
    this.#dice = dice
    this.#now = now
  }

  heal(): void {
    this.downUntil = this.limitedUntil = this.trouble = 0
  }

  /** The client of one process. `onList` hears of each first page that it is given. */
  client(onList: (shown: Shown) => void): Upstream {
    return {
      listAccounts: async () => [],
      sendTyping: async () => {},
      getSync: async () => null,
      listConversations: async ({ accountId, cursor }) => {
        this.#fail(cursor !== null)
        return this.#list(accountId, cursor, onList)
      },
      readThread: async ({ accountId, conversation, window }) => {
        this.#fail(false)
        return this.#thread(accountId, conversation.id, window)
      },
    }
  }

  #fail(inTheMiddle: boolean): void {
    const now = this.#now()
    if (this.limitedUntil > now) {
      const retryAt = this.#dice.chance(0.5) ? this.limitedUntil : null
      throw new UpstreamError("rate_limited", "Too many requests", { status: 429, retryAt })
    }
    const kinds = ["unreachable", "timeout", "server_error"] as const
    if (this.downUntil > now || this.#dice.chance(inTheMiddle ? this.trouble * 5 : this.trouble))
      throw new UpstreamError(this.#dice.pick(kinds), "upstream is down")
  }

  #dialect(): Dialect {
    return this.#now() >= this.manners.migratesAt ? "conversations" : "legacy"
  }

  #list(account: string, cursor: string | null, onList: (shown: Shown) => void): ConversationList {
    const inbox = this.#inbox(account)
    const talks = inbox.talks
      .filter((talk) => talk.shown && talk.letters.length > 0)
      .sort((a, b) => activityOf(b) - activityOf(a) || (a.id < b.id ? -1 : 1))
    const [at = "", id = ""] = cursor?.split(" ") ?? []
    const left =
      cursor === null
        ? talks
        : talks.filter((talk) => activityOf(talk) < Number(at) || (activityOf(talk) === Number(at) && talk.id > id))
    const page = left.slice(0, this.manners.listPage)
    const last = page.at(-1)
    const date = this.#now() + this.manners.skew
    const list: ConversationList = {
      dialect: this.#dialect(),
      accountId: this.#dice.chance(0.5) ? account : null,
      profileUrn: this.#dice.chance(0.5) ? urnOf(account) : null,
      conversations: page.map((talk) => this.#listed(talk, account)),
      unreadable: 0,
      nextCursor: last === undefined || page.length === left.length ? null : `${activityOf(last)} ${last.id}`,
      fromCache: false,
      date,
    }
    if (this.#dice.chance(this.trouble / 2)) return foreign(list)
    if (this.#dice.chance(this.trouble / 4)) Object.assign(list, { conversations: [], nextCursor: null })
    if (cursor === null) {
      const activity = list.conversations.map((listed): [string, number] => [
        listed.id,
        Math.max(listed.lastActivityAt, listed.previewSentAt ?? 0),
      ])
      onList({ account, date, activity: new Map(activity) })
    }
    return list
  }

  #listed(talk: Talk, account: string): ListedConversation {
    const activity = activityOf(talk)
    const last = talk.letters.at(-1)
    return {
      id: talk.id,
      urn: `urn:li:msg_conversation:(${urnOf(account)},${talk.id})`,
      url: null,
      title: null,
      isGroup: false,
      participants: this.#dialect() === "legacy" ? [contact] : [],
      unreadCount: talk.unread,
      lastActivityAt: this.manners.coarse ? Math.floor(activity / 1_000) * 1_000 : activity,
      createdAt: this.#dialect() === "legacy" ? null : talk.createdAt,
      preview: last === undefined ? "" : JSON.stringify([last.sentAt, last.text]),
      previewSentAt: last?.sentAt ?? null,
    }
  }

  #thread(account: string, id: string, window: ThreadWindow): Thread {
    const talk = this.#inbox(account).talks.find((candidate) => candidate.id === id)
    if (talk === undefined) throw new UpstreamError("not_found", "No such conversation", { status: 404 })
    if (talk.sick)
      throw new UpstreamError(this.#dice.pick(["server_error", "invalid_answer", "not_found"] as const), "sick thread")
    const { letters, more } = this.#window(talk.letters, window)
    const dialect = this.#dialect()
    const isLong = letters.length >= LIE_FROM
    const thread: Thread = {
      dialect,
      accountId: account,
      profileUrn: dialect === "legacy" ? urnOf(account) : null,
      messages: letters.filter(({ garbled }) => !garbled).map((letter) => messageOf(letter, account, dialect)),
      unreadable: letters.filter(({ garbled }) => garbled).length,
      participants: dialect === "legacy" ? null : [contact],
      hasOlder: this.#saysOlder(more, isLong),
      older: beforeOldest(letters) === null ? null : olderToken({ before: beforeOldest(letters), cursor: null }),
    }
    return this.#dice.chance(this.trouble / 4) ? { ...thread, accountId: "someone-else" } : thread
  }

  #saysOlder(more: boolean, isLong: boolean): boolean | null {
    switch (this.manners.hasOlder) {
      case "true":
        return more
      case "always":
        return true
      case "silent":
        return isLong || this.manners.threadPage >= LIE_FROM ? null : more
      case "lies":
        return isLong && this.#dice.chance(0.5) ? !more : more
    }
  }

  /** Which messages a window shows, and whether there are older ones. */
  #window(all: Letter[], window: ThreadWindow): { letters: Letter[]; more: boolean } {
    const newest = (letters: Letter[], count: number) => ({
      letters: letters.slice(-count),
      more: letters.length > count,
    })
    if (window.kind === "newest") return newest(all, this.manners.threadPage)
    const count = Math.min(window.count, this.manners.countMax)
    if (window.kind === "older")
      return newest(
        all.filter(({ sentAt }) => sentAt < (parseOlder(window.than).before ?? 0)),
        count,
      )
    const newer = all.filter(({ sentAt }) => sentAt >= window.from)
    if (this.#dialect() === "conversations" && this.manners.cutsOldest) {
      const shown = newest(newer, count)
      return { ...shown, more: shown.more || newer.length < all.length }
    }
    return { letters: newer.slice(0, count), more: newer.length < all.length }
  }

  #inbox(account: string): Inbox {
    const inbox = this.inboxes.find((candidate) => candidate.account === account)
    if (inbox === undefined) throw new UpstreamError("not_found", "No such account", { status: 404 })
    return inbox
  }
}

/** Another account's list behind our id: nothing of it may be used. */
const foreign = (list: ConversationList): ConversationList => ({
  ...list,
  accountId: "someone-else",
  conversations: list.conversations.map((listed) => ({ ...listed, id: `${listed.id}foreign` })),
})

/** The contact has the owner's name: who decides by names is wrong about both. */
const contact: Participant = {
  id: "ACoAAcontact",
  name: "Ada Lovelace",
  headline: null,
  profileUrl: null,
  pictureUrl: null,
  urn: "urn:li:fsd_profile:ACoAAcontact",
}
const urnOf = (account: string): string => `urn:li:fsd_profile:ACoAA${account}`

const messageOf = (letter: Letter, account: string, dialect: Dialect): ThreadMessage => ({
  id: letter.id,
  urn:
    dialect === "legacy"
      ? `urn:li:msg_message:(${urnOf(account)},${letter.id})`
      : `urn:li:fs_event:(${urnOf(account)},${letter.id})`,
  text: letter.text,
  subject: null,
  sentAt: letter.sentAt,
  direction: letter.direction,
  sender:
    letter.direction === "unknown"
      ? null
      : letter.direction === "inbound"
        ? contact
        : { ...contact, id: `ACoAA${account}`, urn: urnOf(account) },
  attachments: [],
  reactions: dialect === "legacy" ? (letter.likes === 0 ? [] : [{ emoji: "👍", count: letter.likes }]) : null,
})
