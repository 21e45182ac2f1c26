import { createHash } from "node:crypto"

import type { Glimpse, MessagePrints } from "../account.ts"
import type { Attachment, Reaction } from "../event.ts"
import { shortHash } from "../id.ts"
import type { ListedConversation } from "../upstream/thread.ts"

const hash32 = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE(0)

/** What `message.updated` compares. Attachments by type and number only: their URLs are signed and change at every read. */
export const printsOf = (message: {
  text: string
  attachments: Attachment[]
  reactions: Reaction[] | null
}): MessagePrints => ({
  text: hash32(message.text),
  attachments: hash32(message.attachments.map((attachment) => attachment.type).join("\n")),
  reactions:
    message.reactions === null
      ? null
      : hash32(
          message.reactions
            .map((reaction) => `${reaction.emoji} ${reaction.count}`)
            .sort()
            .join("\n"),
        ),
})

/** What the list shows of a conversation, short enough to keep for a whole front page. */
export const glimpseOf = (listed: ListedConversation): Glimpse => ({
  print: shortHash(`${listed.lastActivityAt}\n${listed.preview}`),
  unread: listed.unreadCount,
})

/**
 * Whether the thread has to be read. `unreadCount` is not a number of new messages (the owner reads on the phone, or marks as
 * unread), but when it rises something may have come in late, below the newest message, which nothing else in the list shows.
 */
export const hasMoved = (before: Glimpse | null | undefined, now: Glimpse): boolean =>
  before === null || before === undefined || before.print !== now.print || now.unread > before.unread

/** When something last happened in a conversation, by the later of two fields that may each be coarse. Upstream's time. */
export const activityOf = (listed: ListedConversation): number =>
  Math.max(listed.lastActivityAt, listed.previewSentAt ?? 0)
