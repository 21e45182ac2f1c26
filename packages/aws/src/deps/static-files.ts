import path from "node:path"

import { filesIn } from "@posthorn/api/static-files"

import { once } from "./once.ts"

/** What infra/api.ts copies beside the bundle. */
export const staticFiles = once(() => filesIn(path.join(import.meta.dirname, "static")))
