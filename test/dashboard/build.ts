import path from "node:path"

import { build } from "vite"

/** Before the suite: what the API serves is the page as its source is now. */
export const setup = async (): Promise<void> => {
  await build({
    configFile: path.join(import.meta.dirname, "../../packages/dashboard/vite.config.ts"),
    logLevel: "warn",
  })
}
