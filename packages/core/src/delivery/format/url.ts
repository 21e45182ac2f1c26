const LINK_LENGTH_MAX = 2_000

/** A URL of upstream's as it is, if it is https; else null: what a tool makes a link of must not be `javascript:` or `data:`. */
export const httpsUrl = (text: string | null): string | null =>
  text !== null && URL.parse(text)?.protocol === "https:" ? text : null

/** A link of upstream's that may be shown under words of ours: https, and on LinkedIn. Else null. */
export const linkedInUrl = (text: string | null): string | null => {
  const url = text === null ? null : URL.parse(text)
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "" || url.port !== "")
    return null
  if (url.hostname !== "linkedin.com" && !url.hostname.endsWith(".linkedin.com")) return null
  const href = url.href.replace(/[|<>\\`@]/g, (sign) => encodeURIComponent(sign))
  return href.length > LINK_LENGTH_MAX ? null : href
}
