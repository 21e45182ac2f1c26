import type { Account, Checkpoint } from "../account.ts"
import { shortHash } from "../id.ts"
import type { ListedConversation, ThreadMessage } from "../upstream/thread.ts"
import { newAccount } from "./discover.ts"
import { printsOf } from "./prints.ts"
import { newCheckpoint, remember } from "./remember.ts"

/** Small invented things for tests of this folder. Times count from `T`, in ms. */

export const T = Date.parse("2026-11-14T23:46:40.000Z")
export const OWNER = "urn:li:fsd_profile:ACoAAOWNER"
export const ACCOUNT_ID = "60d21b4667d0d8992e610c85"

export const message = (id: string, sentAt: number, over: Partial<ThreadMessage> = {}): ThreadMessage => ({
  id: `2-${id}`,
  urn: `urn:li:msg_message:(${OWNER},2-${id})`,
  text: `text of ${id}`,
  subject: null,
  sentAt,
  direction: "inbound",
  sender: null,
  attachments: [],
  reactions: [],
  ...over,
})

export const conversation = (id: string, at: number, over: Partial<ListedConversation> = {}): ListedConversation => ({
  id: `2-${id}`,
  urn: `urn:li:msg_conversation:(${OWNER},2-${id})`,
  url: null,
  title: null,
  isGroup: false,
  participants: [],
  unreadCount: 0,
  lastActivityAt: at,
  createdAt: null,
  preview: `preview at ${at}`,
  previewSentAt: at,
  ...over,
})

/** A checkpoint that has had events for these messages. */
export const checkpointOf = (
  baseline: number,
  messages: ThreadMessage[],
  over: Partial<Checkpoint> = {},
): Checkpoint => ({
  ...messages.reduce(
    (checkpoint, known) =>
      remember(checkpoint, { hash: shortHash(known.id), sentAt: known.sentAt, prints: printsOf(known) }),
    newCheckpoint("2-c", baseline),
  ),
  ...over,
})

export const account = (over: Partial<Account> = {}): Account => ({
  ...newAccount({ id: ACCOUNT_ID, name: "Olive Owner", publicId: null, pictureUrl: null }, T),
  ...over,
})
