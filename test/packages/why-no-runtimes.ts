import { areInstalled } from "../../scripts/sdk-runtimes.ts"

/** Why the packed SDK cannot be tried here, or null where it can. Where tests are required the reason is an error. */
export const whyNoRuntimes = (): string | null => {
  if (areInstalled()) return null
  const reason = "run `node scripts/node.mjs scripts/sdk-runtimes.ts` to install what it is tried with"
  if (process.env.POSTHORN_TESTS_REQUIRED) throw new Error(`the SDK's runtimes are required: ${reason}`)
  return reason
}
