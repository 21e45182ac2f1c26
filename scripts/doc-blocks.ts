import { readFileSync } from "node:fs"
import path from "node:path"

const root = path.resolve(import.meta.dirname, "..")

/** A fenced block of a doc. */
export interface Block {
  file: string
  /** Where the fence opens, from 1 on. */
  line: number
  /** The first word behind the fence. */
  language: string
  /**
   * What else stands behind the fence, else what the block's first comment says, else the heading that has this block alone:
   * `receive.py`, `install`, `Groups only`. Null: it has none.
   */
  name: string | null
  /** The headings that it stands under, the doc's own first. */
  headings: string[]
  /** Without the indentation that a list gives it. */
  text: string
  /** The paragraph before it says that, and why, no test runs it. */
  excused: boolean
}

const FENCED = /^( *)```(\S+)(?: (\S.*))?\n([^]*?)^\1```$/gm
const EXCUSE = /\bNot run by our tests, because \S/
/** `// name`, `# name`, in PHP below its opening tag. */
const FIRST_COMMENT = /^(?:<\?php\n)?(?:\/\/|#) (\S.*)$/m

const textOf = (file: string): string => readFileSync(path.join(root, file), "utf8")

/** A doc with a blank in place of each letter of its blocks: what looks like a heading there is a comment. */
const proseOf = (text: string): string => text.replaceAll(FENCED, (block) => block.replaceAll(/\S/g, " "))

interface Heading {
  level: number
  text: string
  index: number
}
const headingsIn = (prose: string): Heading[] =>
  [...prose.matchAll(/^(#+) (.+)$/gm)].map(({ 1: marks = "", 2: text = "", index }) => ({
    level: marks.length,
    text: text.replaceAll("`", ""),
    index,
  }))

/** The headings of a doc by its path in the repository, without their backticks. */
export const headingsOf = (file: string): string[] => headingsIn(proseOf(textOf(file))).map(({ text }) => text)

/** From the doc's own heading down to the nearest. */
const above = (headings: Heading[], index: number): Heading[] => {
  let chain: Heading[] = []
  for (const heading of headings)
    if (heading.index < index) chain = [...chain.filter(({ level }) => level < heading.level), heading]
  return chain
}

/** All blocks of a doc, by its path in the repository. */
export const blocksOf = (file: string): Block[] => {
  const text = textOf(file)
  const headings = headingsIn(proseOf(text))
  const found = [...text.matchAll(FENCED)].map((match) => ({ match, chain: above(headings, match.index) }))
  return found.map(({ match, chain }) => {
    const [, indent = "", language = "", title, body = ""] = match
    const before = text.slice(0, match.index)
    const own = body.replaceAll(new RegExp(`^${indent}`, "gm"), "")
    const comment = FIRST_COMMENT.exec(own)
    const heading = chain.at(-1)
    const alone = found.filter((other) => other.chain.at(-1) === heading).length === 1
    return {
      file,
      line: before.split("\n").length,
      language,
      name: title ?? (comment?.index === 0 ? comment[1] : alone ? heading?.text : null) ?? null,
      headings: chain.map((each) => each.text),
      text: own,
      excused: EXCUSE.test(before.trimEnd().split("\n\n").at(-1)?.replaceAll(/\s+/g, " ") ?? ""),
    }
  })
}

/** The text of the one block of a doc that has this name. */
export const blockOf = (file: string, name: string): string => {
  const found = blocksOf(file).filter((block) => block.name === name)
  if (found.length !== 1) throw new Error(`${file} has ${found.length} blocks called ${name}`)
  return found[0]?.text ?? ""
}

/** The one command of a doc that stands in a line of its text and begins so. */
export const inlineOf = (file: string, beginning: string): string => {
  const found = [...proseOf(textOf(file)).matchAll(/`([^`\n]+)`/g)].flatMap(([, code = ""]) =>
    code.startsWith(beginning) ? [code] : [],
  )
  if (found.length !== 1) throw new Error(`${file} has ${found.length} lines of code that begin with ${beginning}`)
  return found[0] ?? ""
}

/** The blocks of a doc under a heading and those below it, in one language or in all. Who asks tries each of them. */
export const blocksUnder = (file: string, heading: string, language?: string): Block[] => {
  const found = blocksOf(file).filter(
    (block) => block.headings.includes(heading) && (language === undefined || block.language === language),
  )
  if (found.length === 0) throw new Error(`${file} has no ${language ?? "block"} under ${heading}`)
  return found
}

const EXCUSED_COMMANDS = /((?:`[^`]+`(?:, | and )?)+) (?:is|are) not run by our tests, because \S/g

/** The commands of which a doc says in its beginning that, and why, no test runs them: excuses for the blocks that have one. */
export const excusedCommands = (file: string): string[] => {
  const [beginning = ""] = proseOf(textOf(file)).split(/^## /m)
  return [...beginning.replaceAll(/\s+/g, " ").matchAll(EXCUSED_COMMANDS)].flatMap(([, commands = ""]) =>
    [...commands.matchAll(/`([^`]+)`/g)].map(([, command = ""]) => command),
  )
}
