import { styleText } from "node:util"

import { jsonText, plain, table } from "./text.ts"

type Colour = "green" | "red" | "yellow" | "dim" | "bold"

/**
 * Where a command's words go. Results stand on stdout, for a person or with `--json` one object per line; what is said about the work
 * goes to stderr.
 */
export interface Output {
  readonly json: boolean
  /** A result: an object for programs, a text for people. */
  result: (record: unknown, text: string) => void
  /** A list that is known whole. */
  rows: <Item extends object>(items: Item[], head: string[], cellsOf: (item: Item) => (string | null)[]) => void
  /** What is said about the work: on stderr, with `--json` as `{"note": …}`, so that stderr too is one object per line. */
  note: (text: string) => void
  colour: (colour: Colour, text: string) => string
}

export const createOutput = (json: boolean): Output => {
  // Coloured where it goes to a terminal that wants it: NO_COLOR and FORCE_COLOR are looked at by Node.
  const colour = (name: Colour, text: string): string =>
    json ? text : styleText(name, text, { stream: process.stdout, validateStream: true })
  const result = (record: unknown, text: string): void =>
    void process.stdout.write(json ? `${jsonText(record)}\n` : `${text}\n`)
  return {
    json,
    result,
    rows: (items, head, cellsOf) => {
      if (json) for (const item of items) result(item, "")
      else if (items.length === 0) process.stdout.write("none\n")
      else
        process.stdout.write(
          `${table([head, ...items.map((item) => cellsOf(item).map((cell) => plain(cell ?? "-", 60)))])}\n`,
        )
    },
    note: (text) => void process.stderr.write(`${json ? jsonText({ note: text.trim() }) : text}\n`),
    colour,
  }
}
