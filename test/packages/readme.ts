import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"

import { blocksUnder } from "../../scripts/doc-blocks.ts"

/** The programs in the SDK's README, by the name that stands beside their language. */
export const readmePrograms = (): Record<string, string> =>
  Object.fromEntries(
    blocksUnder("packages/sdk/README.md", "@posthorn/sdk", "ts").map(({ name, text }) => [name ?? "", text]),
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
