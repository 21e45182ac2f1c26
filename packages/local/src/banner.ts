import type { Account } from "@posthorn/core/account"
import type { Settings } from "@posthorn/core/settings"

export interface BannerInput {
  url: string
  settings: Pick<Settings, "upstream" | "pollSeconds" | "host" | "connectsafelyBaseUrl">
  accounts: Pick<Account, "id" | "name">[]
  adminKey: string
  /** The key was made in this start: shown this once. */
  madeAdminKey: boolean
}

const NAMES_SHOWN = 3
const LOOPBACK = ["127.0.0.1", "::1", "localhost"]

/** What a person who has just started Posthorn needs, and no more. */
export const banner = ({ url, settings, accounts, adminKey, madeAdminKey }: BannerInput): string => {
  const key = madeAdminKey ? adminKey : "$POSTHORN_ADMIN_KEY"
  const auth = `-H "authorization: Bearer ${key}"`
  const names = accounts.slice(0, NAMES_SHOWN).map((account) => account.name ?? account.id)
  const more = accounts.length > NAMES_SHOWN ? ` and ${accounts.length - NAMES_SHOWN} more` : ""
  const simulated = settings.upstream === "simulator"
  const upstream = simulated
    ? "the built-in simulator (set CONNECTSAFELY_API_KEY for your own LinkedIn accounts)"
    : `ConnectSafely at ${new URL(settings.connectsafelyBaseUrl).host}`
  const register = simulated ? "http://localhost:3000/hook" : `${url}/demo`
  return [
    "",
    `  Posthorn    ${url}    reference: ${url}/docs`,
    `  polling     ${upstream}`,
    `  accounts    ${names.join(", ")}${more}, every ${settings.pollSeconds} s`,
    madeAdminKey
      ? `  admin key   ${adminKey}    (shown this once; kept in the data directory)`
      : "  admin key   as set, or as kept in the data directory (secrets.json)",
    ...(LOOPBACK.includes(settings.host)
      ? []
      : [`  warning     listens on ${settings.host}, beyond this machine: put TLS in front of it`]),
    "",
    "  Try:",
    `    curl -X POST ${url}/v1/endpoints ${auth} -H "content-type: application/json" -d '{"url":"${register}"}'`,
    `    curl ${url}/v1/events?limit=1 ${auth}`,
    `    curl ${url}/v1/deliveries?limit=1 ${auth}`,
    "",
    simulated
      ? "  A demo receiver is registered already; what it gets appears below."
      : `  ${url}/demo is a receiver to try with; what it gets appears below.`,
    "",
  ].join("\n")
}
