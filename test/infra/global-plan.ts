import type { TestProject } from "vitest/node"

import { sstPlatformFolder } from "../../scripts/sst-platform.ts"
import { type Plan, planOf } from "./plan.ts"

/** Those of a stage's settings that tests of the handlers fill in: a function has them because the plan passes them on. */
const GIVEN = { CONNECTSAFELY_BASE_URL: "https://upstream.test", POSTHORN_LOG_LEVEL: "debug" }

declare module "vitest" {
  interface ProvidedContext {
    /** Null where SST's source is absent; a text where there is no plan because infra/ is wrong. */
    plan: Plan | string | null
  }
}

/** One plan for all suites of a run, since it takes seconds. */
export default ({ provide }: TestProject): void => {
  provide("plan", sstPlatformFolder() === null ? null : tryPlan())
}

const tryPlan = (): Plan | string => {
  try {
    return planOf("test", GIVEN)
  } catch (error) {
    // Only the suites that need a plan shall fail.
    return String((error as { stderr?: unknown }).stderr ?? error)
  }
}
