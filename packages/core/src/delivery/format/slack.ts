import type { Event } from "../../event.ts"
import { noticeOf } from "./notice.ts"
import { fit, pieces } from "./plain.ts"

/** Slack's limits, in characters: a header block, any other text object. */
const HEADER_LENGTH_MAX = 150
const TEXT_LENGTH_MAX = 3_000
/** With the longest message that LinkedIn takes (8,000) still whole, and far below 50 blocks. */
const TEXT_BLOCKS_MAX = 3
/** For notifications, where a screen shows less. */
const SUMMARY_LENGTH_MAX = 500

/**
 * An incoming webhook's message. What comes from upstream stands in `plain_text` objects, in which Slack formats nothing, with the
 * three characters escaped that its docs name. The one `mrkdwn` object is ours.
 */
export const slackBody = (event: Event): unknown => {
  const { headline, text, details, url } = noticeOf(event)
  const link = `<${escape(url ?? "")}|Open on LinkedIn>`
  const elements = [
    ...details.map(({ name, value }) => plainText(`${name}: ${value}`, TEXT_LENGTH_MAX)),
    plainText(`${event.timestamp.slice(0, 16).replace("T", " ")} UTC`, TEXT_LENGTH_MAX),
    ...(link.length > TEXT_LENGTH_MAX || url === null ? [] : [{ type: "mrkdwn", text: link, verbatim: true }]),
  ]
  return {
    text: summary(text === "" ? headline : `${headline}: ${text}`),
    // `text` is for notifications, and all of it is plain.
    mrkdwn: false,
    parse: "none",
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: plainText(headline, HEADER_LENGTH_MAX) },
      ...pieces(text, { max: TEXT_LENGTH_MAX, count: TEXT_BLOCKS_MAX }, escape)
        .filter((piece) => piece.trim() !== "")
        .map((piece) => ({ type: "section", text: { type: "plain_text", text: piece, emoji: false } })),
      { type: "context", elements },
    ],
  }
}

const plainText = (text: string, max: number) => ({ type: "plain_text", text: fit(text, max, escape), emoji: false })

/** The only characters that Slack decodes; all its control sequences begin with one of them. */
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** On one line and behind a word of ours, so that nothing stands where a line's beginning means something; names link nothing. */
const summary = (text: string): string =>
  `Posthorn: ${fit(text.replace(/\s+/g, " "), SUMMARY_LENGTH_MAX, (sign) => (sign === "@" || sign === "#" ? `${sign}\u200b` : escape(sign)))}`
