import type { Account } from "@posthorn/sdk"

import { duration, plain } from "../text.ts"
import { type Finding, fail, ok, warn } from "./finding.ts"

/** Each account's health, by what the deployment says of it. */
export const judgeAccounts = (accounts: Account[], now: number): Finding[] =>
  accounts.length === 0
    ? [warn("accounts", "There is none.", "Connect one at connectsafely.ai: the deployment looks every 10 minutes.")]
    : [...accounts.map((account) => judgeAccount(account, now)), judgeDialects(accounts), ...judgeLimits(accounts)]

const judgeAccount = (account: Account, now: number): Finding => {
  const { status, statusReason, lastPolledAt, conversations, unreadableMessages, paused, lastError } = account
  const name = plain(account.label ?? account.name ?? account.id, 40)
  const check = "accounts"
  const reason = plain(statusReason ?? lastError?.message ?? "no reason was given")
  if (paused)
    return warn(
      check,
      `${name} is paused.`,
      `Nothing is lost meanwhile. To go on: PATCH /v1/accounts/${account.id} {"paused": false}.`,
    )
  switch (status) {
    case "auth_failed":
      return fail(
        check,
        `${name}: ConnectSafely does not accept the deployment's key. ${reason}`,
        "Give the deployment a new CONNECTSAFELY_API_KEY.",
      )
    case "disconnected":
      return fail(check, `${name} is not connected any more. ${reason}`, "Connect it again at connectsafely.ai.")
    case "failing":
      return fail(
        check,
        `${name}: polling fails. ${reason}`,
        "What was there before is not lost: it comes when polling recovers. Look into ConnectSafely's state.",
      )
    case "stale":
      return warn(
        check,
        `${name}: what ConnectSafely shows may be old. ${reason}`,
        "Wait; if it stays, look at the account at connectsafely.ai.",
      )
    case "baselining":
      return warn(
        check,
        `${name} has not been polled yet. ${lastError === null ? "" : plain(lastError.message)}`.trim(),
        "Wait a minute; messages from before the first poll make no events.",
      )
    case "healthy": {
      const ago = lastPolledAt === null ? "never" : `${duration(now - Date.parse(lastPolledAt))} ago`
      const { quarantined } = conversations
      if (quarantined > 0 || unreadableMessages > 0)
        return warn(
          check,
          `${name} is healthy, polled ${ago}, but ${String(quarantined)} conversations and ${String(unreadableMessages)} messages cannot be read.`,
          "They are tried again at each read and stop nothing else. The log says why.",
        )
      return ok(check, `${name} is healthy, polled ${ago}.`)
    }
    default:
      return warn(check, `${name}: ${plain(status)}, which this version does not know.`, "Update this program.")
  }
}

const judgeDialects = (accounts: Account[]): Finding => {
  const dialects = [...new Set(accounts.flatMap(({ dialect }) => (dialect === null ? [] : [dialect])))]
  if (dialects.length === 0)
    return warn("dialect", "None of the accounts has been read yet.", "Wait for the first poll.")
  return ok("dialect", `ConnectSafely answers in ${dialects.join(" and ")}.`)
}

/** The deployment says of each account when it is polled less often than wished. */
const judgeLimits = (accounts: Account[]): Finding[] => {
  const stretched = accounts.find(({ statusReason }) => statusReason?.includes("requests a minute") === true)
  const limited = accounts.filter(
    ({ lastError, consecutiveFailures }) => lastError?.kind === "rate_limited" && consecutiveFailures > 0,
  )
  if (limited.length > 0)
    return [
      warn(
        "limits",
        `ConnectSafely's rate limit was met, by ${String(limited.length)} accounts.`,
        "Polls slow down by themselves. Lower POSTHORN_REQUESTS_PER_MINUTE where it stays.",
      ),
    ]
  if (stretched !== undefined)
    return [
      warn(
        "limits",
        plain(stretched.statusReason ?? ""),
        "Raise POSTHORN_REQUESTS_PER_MINUTE where ConnectSafely allows it, poll less often (POSTHORN_POLL_SECONDS), or pause accounts.",
      ),
    ]
  const polled = accounts.filter(({ paused }) => !paused).length
  return [ok("limits", `The requests suffice for ${String(polled)} ${polled === 1 ? "account" : "accounts"}.`)]
}
