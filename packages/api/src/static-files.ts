import { readFile } from "node:fs/promises"
import path from "node:path"

import { getMimeType } from "hono/utils/mime"

export interface StaticFile {
  body: Uint8Array<ArrayBuffer>
  contentType: string
}

/** Files that stand beside the code instead of in it: nobody pays for them who does not ask for them. */
export interface StaticFiles {
  /** By its path from their folder on, with slashes: `docs/index.html`. Null: there is no such file, or no such path may be. */
  readFile(path: string): Promise<StaticFile | null>
}

const PATH_LENGTH_MAX = 200
/** No part begins with a dot, so that none leads upwards, and none to what an editor or a system left there. */
const pathPattern = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/

/** The files of a folder. Each is read when it is first asked for, and kept: they change with the code only. */
export const filesIn = (folder: string): StaticFiles => {
  const kept = new Map<string, StaticFile>()
  return {
    readFile: async (asked) => {
      if (asked.length > PATH_LENGTH_MAX || !pathPattern.test(asked)) return null
      const known = kept.get(asked)
      if (known !== undefined) return known
      const body = await readOrNull(path.join(folder, ...asked.split("/")))
      if (body === null) return null
      const file = { body, contentType: getMimeType(asked) ?? "application/octet-stream" }
      kept.set(asked, file)
      return file
    },
  }
}

/** Those of this package, for a runtime that is not bundled. */
export const ownFiles = (): StaticFiles => filesIn(path.join(import.meta.dirname, "../static"))

const readOrNull = async (file: string): Promise<Uint8Array<ArrayBuffer> | null> => {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return null
    throw error
  }
}
