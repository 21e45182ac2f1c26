import type { Account } from "@posthorn/core/account"
import type { Settings } from "@posthorn/core/settings"

export interface BannerInput {
  url: string
  /** Behind `#`: no browser sends that part, so it is in no log of whatever stands in between. */
  signInCode: string
  settings: Pick<Settings, "upstream" | "pollSeconds" | "host" | "connectsafelyBaseUrl">
  accounts: Pick<Account, "id" | "name">[]
  adminKey: string
  /** Nobody has seen the key yet: shown this once. */
  showAdminKey: boolean
  /** Where the key is kept; null: the person has set it, and knows. */
  keyFile: string | null
  /** What is wrong, although it runs. */
  warning: string | null
}

const NAMES_SHOWN = 3
const LOOPBACK = ["127.0.0.1", "::1", "localhost"]

/** What a person who has just started Posthorn needs, and no more. */
export const banner = (input: BannerInput): string => {
  const { url, settings } = input
  const simulated = settings.upstream === "simulator"
  const curl = `curl -H "authorization: Bearer ${input.showAdminKey ? input.adminKey : "$POSTHORN_ADMIN_KEY"}"`
  const register = JSON.stringify({ url: `${url}/demo` })
  const beyond = LOOPBACK.includes(settings.host)
    ? null
    : `listens on ${settings.host}, beyond this machine: put TLS in front of it`
  return [
    "",
    `  open        ${url}/sign-in#code=${input.signInCode}    (signs you in, once, within the hour; later: the admin key)`,
    `  Posthorn    ${url}    (reference: ${url}/docs)`,
    `  polls       ${polls(input)}`,
    `  admin key   ${adminKey(input)}`,
    ...[beyond, input.warning].flatMap((text) => (text === null ? [] : [`  warning     ${text}`])),
    "",
    "  Try in another terminal: register your endpoint, see the last event, see the last delivery.",
    `    ${curl} -H "content-type: application/json" -d '${register}' ${url}/v1/endpoints`,
    `    ${curl} "${url}/v1/events?limit=1"`,
    `    ${curl} "${url}/v1/deliveries?limit=1"`,
    "",
    simulated
      ? "  A demo receiver is registered already; what it gets appears below. Ctrl-C ends Posthorn."
      : `  ${url}/demo is a receiver to try with; what it gets appears below. Ctrl-C ends Posthorn.`,
    "",
  ].join("\n")
}

const polls = ({ settings, accounts }: BannerInput): string => {
  const names = accounts.slice(0, NAMES_SHOWN).map((account) => account.name ?? account.id)
  const more = accounts.length > NAMES_SHOWN ? ` and ${accounts.length - NAMES_SHOWN} more` : ""
  const rhythm = `${names.join(", ")}${more}, every ${settings.pollSeconds} s`
  if (settings.upstream === "simulator")
    return `${rhythm}, in the built-in simulator (set CONNECTSAFELY_API_KEY for your own accounts)`
  const host = new URL(settings.connectsafelyBaseUrl).host
  return accounts.length === 0
    ? `no account yet: connect one at connectsafely.ai (${host} is asked again every 10 minutes)`
    : `${rhythm}, at ${host}`
}

const adminKey = ({ adminKey: key, showAdminKey, keyFile }: BannerInput): string => {
  if (showAdminKey) return `${key}    (shown this once${keyFile === null ? "" : `; kept in ${keyFile}`})`
  if (keyFile === null) return "$POSTHORN_ADMIN_KEY, as you have set it"
  const script = `require(${JSON.stringify(keyFile)}).adminKey`
  return `export POSTHORN_ADMIN_KEY=$(node -p '${script.replaceAll("'", `'\\''`)}')`
}
