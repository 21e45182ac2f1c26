/** What an error of a poll means, and what to do. Kinds: core/upstream/failure.ts and core/poll/health.ts. */
const advice: Record<string, string> = {
  rate_limited:
    "ConnectSafely has asked to wait. Polls pause, and go on more slowly by themselves. If it goes on: fewer requests per minute, or a longer interval.",
  unauthorized:
    "ConnectSafely does not accept the key. Copy it again from ConnectSafely, set it, and start or deploy again.",
  forbidden: "ConnectSafely does not let this key see the account: check the plan, and that the account is connected.",
  not_found: "ConnectSafely does not know this account any more: connect it again there.",
  timeout: "ConnectSafely took too long. It is asked again by itself; nothing is lost meanwhile.",
  unreachable: "ConnectSafely could not be reached. Check this machine's network; it is asked again by itself.",
  server_error: "ConnectSafely has an error of its own. It is asked again by itself; nothing is lost meanwhile.",
  bad_request:
    "ConnectSafely did not understand the request. That is a change of its API, or a bug of ours: please report it.",
  redirect: "ConnectSafely answers with a redirect, which is not followed: check CONNECTSAFELY_BASE_URL.",
  refused: "ConnectSafely refused without a status of its own. It is asked again by itself.",
  wrong_account: "ConnectSafely answered for another account, so nothing of it was believed.",
  suspicious_empty:
    "ConnectSafely showed an empty inbox where there had been conversations, so nothing of it was believed.",
  internal: "That is a bug of ours; the log has more. The poll is tried again by itself.",
}

export const adviceFor = (kind: string): string =>
  advice[kind] ?? "The poll is tried again by itself; nothing is lost meanwhile."
