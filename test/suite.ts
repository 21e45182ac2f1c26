import { spawnSync } from "node:child_process"

import { platformSuite } from "./infra/plan.ts"

export interface Suite {
  title: string
  skip: boolean
}

/** The title of a suite, and whether it can run. Where everything must, a missing tool that CI can have is an error. */
export const suite = (title: string, missing: string | null, { required = true } = {}): Suite => {
  if (missing === null) return { title, skip: false }
  const skipped = `${title}, skipped: ${missing}`
  if (required && process.env["POSTHORN_TESTS_REQUIRED"] !== undefined) throw new Error(skipped)
  // The default reporter shows no title of a skipped suite.
  console.warn(skipped)
  return { title: skipped, skip: true }
}

/** The same for one that needs a plan of the deploy as well. */
export const withPlan = (title: string, missing: string | null = null): Suite => {
  const planned = platformSuite(title)
  return planned.skip ? planned : suite(title, missing)
}

/** Whether there is a curl that takes `--json` (7.82). Where everything must, its absence is an error. */
export const hasCurl = (): boolean => {
  const isThere = spawnSync("curl", ["--json", "{}", "--version"]).status === 0
  return !suite("curl commands of the docs", isThere ? null : "no curl of version 7.82 or later").skip
}
