import type { Account } from "../../api/resources.ts"
import { Card } from "../../components/page.tsx"
import { accountState } from "../../components/states.ts"
import { Time } from "../../components/time.tsx"
import { Untrusted } from "../../components/untrusted.tsx"
import { adviceFor } from "./errors.ts"

/** What is wrong with the account, in words. Also the last error of one that is well again, since it tells of the weather. */
export const ErrorCard = ({ account }: { account: Account }) => {
  const { lastError: error, statusReason } = account
  const { tone } = accountState(account)
  const isWell = tone === "good" || tone === "info" || account.paused
  if (error === null)
    return statusReason === null ? null : (
      <p className={isWell ? "note" : "note note-warn"}>
        <Untrusted text={statusReason} />
      </p>
    )
  return (
    <Card title={isWell ? "The last error, which has passed" : "What is wrong"}>
      <p>
        <Time at={error.at} as="both" />: <Untrusted text={error.message} />
        {error.status !== null && <span className="muted"> (HTTP {error.status})</span>}
      </p>
      {!isWell && <p>{adviceFor(error.kind)}</p>}
    </Card>
  )
}
