import { toSettings } from "@posthorn/core/settings"

export const isProduction = $app.stage === "production"

/** Of the local runtime's settings those that mean something here. Secrets are SST's; a Lambda has no port and no data directory. */
const PASSED_ON = [
  "CONNECTSAFELY_BASE_URL",
  "CONNECTSAFELY_DIALECT",
  "POSTHORN_ACCOUNT_IDS",
  "POSTHORN_POLL_SECONDS",
  "POSTHORN_REQUESTS_PER_MINUTE",
  "POSTHORN_RETRY_SECONDS",
  "POSTHORN_RETENTION_DAYS",
  "POSTHORN_LOG_LEVEL",
]

/** From the environment or from `.env.<stage>`, which the SST command reads. */
const given = Object.fromEntries(
  PASSED_ON.flatMap((name) => {
    const value = process.env[name]?.trim() ?? ""
    return value === "" ? [] : [[name, value]]
  }),
)

// A bad value stops the deploy, with the sentence that the local runtime has for it.
export const { logLevel } = toSettings(given)
if (["fatal", "error", "silent"].includes(logLevel))
  throw new Error(`POSTHORN_LOG_LEVEL is "${logLevel}": write warn, info, debug or trace. Alarms count warnings.`)

/** What every function finds in its environment. */
export const settings: Record<string, string> = { ...given, POSTHORN_ALLOW_PRIVATE_URLS: "false" }
