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
  /** What else stands behind the fence, else what the block's first comment says: `receive.py`, `install`. Null: it has none. */
  name: string | null
  /** Without the indentation that a list gives it. */
  text: string
  /** The paragraph before it says that, and why, no test runs it. */
  excused: boolean
}

const EXCUSE = /\bNot run by our tests, because \S/
/** `// name`, `# name`, in PHP below its opening tag. */
const FIRST_COMMENT = /^(?:<\?php\n)?(?:\/\/|#) (\S.*)$/m

/** All blocks of a doc, by its path in the repository. */
export const blocksOf = (file: string): Block[] => {
  const text = readFileSync(path.join(root, file), "utf8")
  return [...text.matchAll(/^( *)```(\S+)(?: (\S.*))?\n([^]*?)^\1```$/gm)].map((match) => {
    const [, indent = "", language = "", title, body = ""] = match
    const before = text.slice(0, match.index)
    const own = body.replaceAll(new RegExp(`^${indent}`, "gm"), "")
    const comment = FIRST_COMMENT.exec(own)
    return {
      file,
      line: before.split("\n").length,
      language,
      name: title ?? (comment?.index === 0 ? (comment[1] ?? null) : null),
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
