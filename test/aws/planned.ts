import { inject } from "vitest"

import { type Plan, platformSuite } from "../infra/plan.ts"
import { whyNoMoto } from "./moto.ts"

/** The title of a suite that plays the plan on emulators, and whether it can run. Where everything must, it fails instead. */
export const plannedSuite = (title: string, reason = whyNoMoto()): { title: string; skip: boolean } => {
  const suite = platformSuite(title)
  return reason === null ? suite : { title: `${suite.title}, skipped: ${reason}`, skip: true }
}

export const plan = (): Plan => {
  const provided = inject("plan")
  if (provided === null || typeof provided === "string") throw new Error(`There is no plan. ${provided ?? ""}`)
  return provided
}
