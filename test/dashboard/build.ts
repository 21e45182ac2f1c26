import { spawnSync } from "node:child_process"
import path from "node:path"

const script = path.join(import.meta.dirname, "../../scripts/build-dashboard.ts")

/** Before the suite: what the API serves is the page as its source is now. In a process of its own, since here it would be built for tests. */
export const setup = (): void => {
  const env = { ...process.env, NODE_ENV: "production" }
  const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: "utf8" })
  if (status !== 0) throw new Error(`the dashboard could not be built: ${stderr}`)
}
