import { parseArgs } from "node:util"

export const parts = ["a", "b", "c", "d", "e"] as const
export type Part = (typeof parts)[number]

export interface Flags {
  only: Part[]
  quick: boolean
  json: string | null
}

const HELP = `npm run bench -- [--quick] [--only a,b,c,d,e] [--json <file>]`

/** Throws with a sentence for whoever typed them. */
export const flagsOf = (args: string[]): Flags => {
  const { values } = parseArgs({
    args,
    options: { only: { type: "string" }, quick: { type: "boolean" }, json: { type: "string" } },
  })
  const wanted = values.only?.split(",") ?? [...parts]
  const unknown = wanted.find((part) => !(parts as readonly string[]).includes(part))
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}". ${HELP}`)
  return { only: wanted as Part[], quick: values.quick ?? false, json: values.json ?? null }
}
