import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"

import { ROOT } from "./fresh-project.ts"

const BLOCK = /^```ts (\S+)\n(.*?)^```$/gms

/** The programs in the SDK's README, by the name that stands beside their language. */
export const readmePrograms = (): Record<string, string> =>
  Object.fromEntries(
    [...readFileSync(path.join(ROOT, "packages/sdk/README.md"), "utf8").matchAll(BLOCK)].map(
      ([, name = "", text = ""]) => [name, text],
    ),
  )

/** Writes them as files; answers their paths by name. */
export const writePrograms = (folder: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(readmePrograms()).map(([name, text]) => {
      const file = path.join(folder, name)
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, text)
      return [name, file]
    }),
  )
