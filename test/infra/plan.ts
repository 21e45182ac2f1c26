import { execFileSync } from "node:child_process"
import path from "node:path"

import { sstPlatformFolder } from "../../scripts/sst-platform.ts"

export interface Planned {
  type: string
  name: string
  inputs: any
}
export interface Plan {
  app: Record<string, unknown>
  outputs: Record<string, string>
  functions: Record<
    string,
    { handler: string; links: string[]; uses: string[]; bundling: unknown; copied: { from: string; to: string }[] }
  >
  links: Record<string, Record<string, unknown>>
  resources: Planned[]
}
export interface Statement {
  Effect: string
  Action: string | string[]
  Resource: string | string[]
  Principal?: unknown
  Condition?: unknown
}

const script = path.resolve(import.meta.dirname, "../../scripts/plan.mjs")

/** Settings of whoever runs the tests are not the plan's. */
const isOurs = (name: string): boolean => /^(POSTHORN|CONNECTSAFELY|SST)_|^ALERT_EMAIL$/.test(name)

export const planOf = (stage: string, env: Record<string, string> = {}, ...flags: string[]): Plan => {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)))
  const printed = execFileSync(process.execPath, [script, "--stage", stage, ...flags], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    env: { ...own, ...env },
    stdio: "pipe",
  })
  return JSON.parse(printed) as Plan
}

export const ofType = (plan: Plan, type: string): Planned[] =>
  plan.resources.filter((resource) => resource.type === type)

export const inputsOf = (plan: Plan, name: string): any => {
  const found = plan.resources.filter((resource) => resource.name === name)
  if (found.length !== 1) throw new Error(`${found.length} resources are called ${name}`)
  return found[0]?.inputs
}

export const statementsOf = (policy: string): Statement[] =>
  (JSON.parse(policy) as { Statement: Statement[] }).Statement

export const list = <Item>(value: Item | Item[]): Item[] => [value].flat() as Item[]

/** The title of a suite that needs SST's source, and whether it can run. Where everything must, it fails instead. */
export const platformSuite = (title: string): { title: string; skip: boolean } => {
  if (sstPlatformFolder() !== null) return { title, skip: false }
  const skipped = `${title}, skipped: no SST source (node scripts/node.mjs scripts/sst-platform.ts brings it)`
  if (process.env.POSTHORN_TESTS_REQUIRED !== undefined) throw new Error(skipped)
  // The default reporter shows no title of a skipped suite.
  console.warn(skipped)
  return { title: skipped, skip: true }
}
