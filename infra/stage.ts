import { settingsTable, toSettings } from "@posthorn/core/settings"

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

/** What only tests and their helpers read, on a machine that may deploy as well. */
const OF_TESTS = ["POSTHORN_TESTS_REQUIRED", "POSTHORN_SEEDS", "POSTHORN_COUNTS"]
const known = new Set([...settingsTable.map(({ variable }) => variable), ...OF_TESTS])
const unknown = Object.entries(process.env).filter(([name]) => !known.has(name))

// A bad value stops the deploy, and so does a name that is not a setting, with the sentence that the local runtime has for it.
export const { logLevel } = toSettings({ ...Object.fromEntries(unknown), ...given })
if (["fatal", "error", "silent"].includes(logLevel))
  throw new Error(`POSTHORN_LOG_LEVEL is "${logLevel}": write warn, info, debug or trace. Alarms count warnings.`)

/** What every function finds in its environment. */
export const settings: Record<string, string> = { ...given, POSTHORN_ALLOW_PRIVATE_URLS: "false" }
