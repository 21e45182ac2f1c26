import { SECRET_PREFIX } from "./sign.ts"

/** What stands in an answer where something of ours stood. */
export const REDACTED = "[redacted]"

/** Shorter values say too little to be secrets: they are blanked behind their header's name only, else no answer stayed readable. */
const VALUE_LENGTH_MIN = 4
/** Of a value's words ("Bearer …"), those that could be the credential. */
const WORD_LENGTH_MIN = 6
/** Encoded forms shorter than this turn up by chance. */
const ENCODED_LENGTH_MIN = 8

const schemes = new Set(["bearer", "basic", "digest", "apikey", "api-key"])

export interface Confidential {
  /** The value of `webhook-signature` as sent. */
  signature: string
  /** Raw key bytes. */
  secrets: readonly Uint8Array[]
  /** Custom headers as sent. */
  headers: Readonly<Record<string, string>>
}

/**
 * Takes our signature, secrets and custom header values out of what a receiver sent back: many echo the request when they fail.
 * They are found in any case, with characters escaped as in JSON, URLs or HTML, in hex, inside something in base64, and cut off
 * by the end of the text. To be called before anything is cut for display. What a receiver does on purpose to what it knows
 * (reversing, splitting) is beyond this.
 */
export const redact = (text: string, confidential: Confidential): string => {
  if (text.length < VALUE_LENGTH_MIN) return text
  let result = text
  const folded = text.toLowerCase()
  for (const needle of needlesOf(confidential, encodedRun.test(text)))
    // Most answers hold nothing of ours, and this is on every delivery's way.
    if (folded.includes(beginning(needle))) result = blank(result, needle)
  for (const [name, value] of Object.entries(confidential.headers)) {
    if (value === "" || value.length >= VALUE_LENGTH_MIN) continue
    const behindName = new RegExp(`(${literally(name)}[^a-z0-9]{1,8})${literally(value)}(?![a-z0-9])`, "gi")
    result = result.replace(behindName, `$1${REDACTED}`)
  }
  return result
}

/** Without one there is nothing in hex or base64. */
const encodedRun = new RegExp(`[\\w+/-]{${String(ENCODED_LENGTH_MIN)}}`)

/** Letters and digits look the same however a text is escaped. */
const beginning = (needle: string): string =>
  (/^[a-z0-9]+/i.exec(needle)?.[0] ?? "").slice(0, VALUE_LENGTH_MIN).toLowerCase()

/** Longest first, so that a value which contains another is taken whole. */
const needlesOf = ({ signature, secrets, headers }: Confidential, withEncoded: boolean): string[] => {
  const needles = new Set<string>()
  const add = (value: string): void => {
    if (value.length < VALUE_LENGTH_MIN) return
    needles.add(value)
    if (!withEncoded) return
    // An echo in base64 is mostly one of JSON, where a quote has its backslash already.
    for (const text of new Set([value, JSON.stringify(value).slice(1, -1)]))
      for (const form of encoded(Buffer.from(text))) if (form.length >= ENCODED_LENGTH_MIN) needles.add(form)
  }
  for (const each of signature.split(" ")) add(unpadded(each.slice(each.indexOf(",") + 1)))
  for (const secret of secrets) {
    const key = Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    const base64 = unpadded(key.toString("base64"))
    add(base64)
    needles.add(SECRET_PREFIX + base64)
    if (withEncoded) needles.add(key.toString("hex"))
  }
  for (const value of Object.values(headers)) for (const part of partsOf(value)) add(part)
  for (const needle of needles) needles.add(needle.replaceAll("+", "-").replaceAll("/", "_"))
  return [...needles].sort((a, b) => b.length - a.length)
}

/** A receiver that complains about a credential rarely repeats the scheme before it. */
const partsOf = (value: string): string[] => {
  const words = value
    .split(/[\s,;]+/)
    .filter((word) => word.length >= WORD_LENGTH_MIN && !schemes.has(word.toLowerCase()))
  const basic = /^basic +(\S+)$/i.exec(value)?.[1]
  if (basic === undefined) return [value, ...words]
  const credentials = Buffer.from(basic, "base64").toString("utf8")
  return [value, ...words, credentials, credentials.slice(credentials.indexOf(":") + 1)]
}

const unpadded = (base64: string): string => base64.replace(/=+$/, "")

/** Hex, and base64 as it looks inside something longer: at each of three offsets, without the characters shared with neighbours. */
const encoded = (bytes: Buffer): string[] => [
  bytes.toString("hex"),
  ...[0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
    return whole.toString("base64").slice(Math.ceil((offset * 4) / 3), Math.floor((whole.length * 4) / 3))
  }),
]

const blank = (whole: string, plain: string): string => {
  const text = whole.replaceAll(plain, REDACTED)
  // A run of backslashes is as long as the nesting of JSON makes it.
  const needle = plain.replace(/\\+/g, "\\")
  const first = characterOf(needle, 0).anywhere
  first.lastIndex = 0
  let result = ""
  let from = 0
  for (let found = first.exec(text); found !== null; found = first.exec(text)) {
    const end = endOf(text, needle, found.index)
    if (end === null) {
      first.lastIndex = found.index + 1
      continue
    }
    result += text.slice(from, found.index) + REDACTED
    from = end
    first.lastIndex = end
  }
  return from === 0 ? text : result + text.slice(from)
}

/** Where a needle that starts at `start` ends, or null where it does not stand there. A piece counts at the end of the text. */
const endOf = (text: string, needle: string, start: number): number | null => {
  let at = start
  for (let index = 0; index < needle.length; index++) {
    const { here } = characterOf(needle, index)
    here.lastIndex = at
    if (here.test(text)) at = here.lastIndex
    else return index >= VALUE_LENGTH_MIN && endsHere(text, at) ? text.length : null
  }
  return at
}

/** Nothing is left, or the beginning of an escape. */
const endsHere = (text: string, at: number): boolean =>
  text.length - at <= 8 && /^(?:\\*u?[0-9a-f]{0,3}|%[0-9a-f]{0,3}|&[#a-z0-9]*|\uFFFD*)$/i.test(text.slice(at))

interface Character {
  here: RegExp
  anywhere: RegExp
}

const characters = new Map<string, Character>()
const CHARACTERS_MAX = 1_000

const characterOf = (needle: string, index: number): Character => {
  const character = needle.charAt(index)
  const known = characters.get(character)
  if (known !== undefined) return known
  const source = formsOf(character)
  const made = { here: new RegExp(source, "iy"), anywhere: new RegExp(source, "ig") }
  if (characters.size >= CHARACTERS_MAX) characters.clear()
  characters.set(character, made)
  return made
}

const entities: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" }

/** How programs write one character of a string into another text: as a regular expression. */
const formsOf = (character: string): string => {
  if (/[a-z0-9]/i.test(character)) return character
  const code = character.charCodeAt(0)
  const hex = code.toString(16)
  const two = hex.padStart(2, "0")
  // JSON's escapes, which may have gone through JSON or a URL once more.
  const slash = "(?:\\\\|%(?:25)*5c)"
  const entity = entities[character]
  // What an escape may begin with comes last: & is in &amp;, too.
  const forms = [`&#0*${String(code)};`, `&#x0*${hex};`]
  if (entity !== undefined) forms.push(`&${entity};`)
  if (character === "\\") {
    // Not the backslash of the next character's escape.
    const bare = `(?:${slash}(?!u[0-9a-f]{4}))+`
    return `(?:(?:${slash}+u005c)+|${bare}|${forms.join("|")})`
  }
  if (code < 0x100) forms.push(`%(?:25)*${two}`)
  // A header's letters beyond ASCII go out as Latin-1, which is not valid UTF-8 when it comes back.
  if (code > 0x7f) forms.push("\uFFFD", percent(character))
  if (character === " ") forms.push("\\+")
  forms.push(literally(character))
  const written = [`${slash}+u${hex.padStart(4, "0")}`, `${slash}*(?:${forms.join("|")})`]
  if (character === "\t") written.push(`${slash}+t`)
  return `(?:${written.join("|")})`
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")

const percent = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
