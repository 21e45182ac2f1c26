import { beforeAll } from "vitest"

import { inputsOf, type Plan, planOf } from "../infra/plan.ts"
import { type Account, openAccount } from "./aws-account.ts"
import { makePlanned } from "./aws-planned.ts"
import { lifetime, temporaryFolder } from "./program.ts"

/** An account in which the stage `production` is deployed, for the suite that calls this. */
export const useDeployedAccount = () => {
  let plan: Plan
  let account: Account
  beforeAll(async () => {
    const { cleanups, end } = lifetime()
    account = await openAccount(await temporaryFolder(cleanups))
    cleanups.push(() => account.close())
    plan = planOf("production")
    await makePlanned(account.standIn, plan)
    return end
  })
  return {
    account: (): Account => account,
    plan: (): Plan => plan,
    /** As AWS knows a resource of the plan. */
    nameOf: (resource: string): string => (inputsOf(plan, resource) as { name: string }).name,
  }
}
