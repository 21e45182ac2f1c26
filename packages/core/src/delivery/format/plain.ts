/** Text from upstream on its way into a chat: what anyone may have written, made plain before a platform's own escapes. */

/** Stands where text was cut. */
const ELLIPSIS = "…"

/**
 * No half pairs, no control characters, no marks that reorder what stands around them, and no walls of empty lines; mentions of
 * everybody get a zero-width space behind their `@`, in case a platform looks for them even in plain text.
 */
export const plain = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    // eslint-disable-next-line no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/@(?=channel|everyone|group|here)/gi, "@\u200b")
    .trim()

/** On one line, at most `max` UTF-16 units. */
export const line = (text: string, max: number): string => fit(plain(text).replace(/\s+/g, " "), max, (sign) => sign)

/** The text if there is anything to see in it, else null: platforms refuse what is blank to them. */
export const visible = (text: string): string | null => (/[\p{L}\p{N}\p{P}\p{S}]/u.test(text) ? text : null)

/** The text escaped sign by sign, at most `max` UTF-16 units long, cut between signs and never inside an escape. */
export const fit = (text: string, max: number, escape: (sign: string) => string): string =>
  pieces(text, { max, count: 1 }, escape)[0] ?? ""

/** The same in at most `count` pieces; of a longer text the last piece ends in `…`. */
export const pieces = (
  text: string,
  { max, count }: { max: number; count: number },
  escape: (sign: string) => string,
): string[] => {
  const full: string[] = []
  let piece = ""
  let withRoom = ""
  for (const sign of text) {
    const escaped = escape(sign)
    if (piece.length + escaped.length > max) {
      if (full.length === count - 1) return [...full, withRoom + ELLIPSIS]
      full.push(piece)
      piece = ""
    }
    piece += escaped
    if (piece.length <= max - ELLIPSIS.length) withRoom = piece
  }
  return piece === "" ? full : [...full, piece]
}
