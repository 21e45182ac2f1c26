import type { Event } from "../../event.ts"
import { noticeOf } from "./notice.ts"
import { fit, line } from "./plain.ts"

/** Discord's limits, in characters; all of an embed together may have 6,000. */
const CONTENT_LENGTH_MAX = 2_000
const DESCRIPTION_LENGTH_MAX = 4_096
const FIELD_LENGTH_MAX = 1_024
const FOOTER_LENGTH_MAX = 200
const EMBED_LENGTH_MAX = 6_000

/**
 * A webhook's message: the headline as `content`, which notifications show, the rest as one embed. What comes from upstream is
 * escaped sign by sign: Discord shows each escaped sign as it is, so that nothing is formatted, linked, mentioned or fetched.
 */
export const discordBody = (event: Event): unknown => {
  const { headline, text, details, url } = noticeOf(event)
  const footer = line(`Posthorn · ${event.type}`, FOOTER_LENGTH_MAX)
  const title = "Open on LinkedIn"
  const fields = details.map(({ name, value }) => ({ name, value: escaped(value, FIELD_LENGTH_MAX), inline: true }))
  const used = [footer, title, ...fields.flatMap(({ name, value }) => [name, value])].join("").length
  const description = escaped(text, Math.min(DESCRIPTION_LENGTH_MAX, EMBED_LENGTH_MAX - used))
  return {
    content: escaped(headline, CONTENT_LENGTH_MAX),
    // Whatever the text says, nobody is notified.
    allowed_mentions: { parse: [] },
    embeds: [
      {
        ...(url !== null && { title, url }),
        ...(description !== "" && { description }),
        ...(fields.length > 0 && { fields }),
        footer: { text: footer },
        timestamp: event.timestamp,
      },
    ],
  }
}

/**
 * A backslash makes a sign stand for itself. A number at a line's beginning would be a list's, whose dot is told apart by a
 * zero-width space, so that not every dot needs a backslash: notifications show those.
 */
const escaped = (text: string, max: number): string =>
  fit(text.replace(/^(\s*\d+)(?=\.)/gm, "$1\u200b"), max, (sign) => (active.has(sign) ? `\\${sign}` : sign))

/** Emphasis, code, spoilers, quotes, headings, lists, links, mentions, emoji, timestamps and addresses all need one of these. */
const active = new Set("\\`*_~|<>#-[]@:/")
