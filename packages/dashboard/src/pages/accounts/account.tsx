import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { Link, useParams } from "wouter"

import { api, read } from "../../api/client.ts"
import { LIVE_MS } from "../../api/live-list.ts"
import { isAbsent } from "../../api/problem.ts"
import type { Account } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { accountName } from "../../components/names.ts"
import { useNotice } from "../../components/notice.tsx"
import { Card, Facts, Loading, Page } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { AccountStatus } from "../../components/status.tsx"
import { spanText } from "../../components/time-text.ts"
import { Time } from "../../components/time.tsx"
import { Absent } from "../not-found.tsx"
import { JobsCard } from "../../components/jobs.tsx"
import { BackfillDialog } from "./backfill-dialog.tsx"
import { ErrorCard } from "./error-card.tsx"
import { SettingsDialog } from "./settings-dialog.tsx"
import { StatusHistory } from "./status-history.tsx"
import { eventsPath } from "../../components/paths.ts"
import { May } from "../../components/may.tsx"

export const AccountPage = () => {
  const { id = "" } = useParams()
  const account = useQuery({
    queryKey: ["accounts", id],
    queryFn: () => read(api.accounts[":id"].$get({ param: { id: encodeURIComponent(id) }, query: {} })),
    refetchInterval: LIVE_MS,
  })
  if (account.data !== undefined) return <Known account={account.data} error={account.error} />
  if (isAbsent(account.error)) return <Absent what="account" />
  return <Page title="Account">{account.error === null ? <Loading /> : <Problem error={account.error} />}</Page>
}

const Known = ({ account, error }: { account: Account; error: Error | null }) => {
  const param = { id: account.id }
  const notice = useNotice()
  const [open, setOpen] = useState<"backfill" | "settings" | null>(null)
  const poll = useAction({
    act: () => read(api.accounts[":id"].poll.$post({ param, query: {} })),
    after: () => notice("A poll is on its way."),
  })
  const pause = useAction({
    act: (paused: boolean) => read(api.accounts[":id"].$patch({ param, query: {}, json: { paused } })),
    after: ({ paused }) => notice(paused ? "Paused: not polled by itself until resumed." : "Resumed: polled at once."),
  })
  const reconcile = useAction({
    act: () => read(api.accounts[":id"].reconcile.$post({ param, query: {}, header: {} })),
    after: () => notice("The last 24 hours are compared with what was published."),
  })
  const close = (): void => setOpen(null)
  return (
    <Page
      title={accountName(account)}
      lead={<AccountStatus account={account} />}
      actions={
        <May scope="admin">
          <Button kind="primary" busy={poll.isBusy} onClick={() => poll.run()}>
            Poll now
          </Button>
          <Button busy={pause.isBusy} onClick={() => pause.run(!account.paused)}>
            {account.paused ? "Resume" : "Pause"}
          </Button>
          <Button onClick={() => setOpen("settings")}>Settings</Button>
          <Button onClick={() => setOpen("backfill")}>Backfill</Button>
          <Button busy={reconcile.isBusy} onClick={() => reconcile.run()}>
            Reconcile
          </Button>
        </May>
      }
    >
      <Problem error={error ?? poll.error ?? pause.error ?? reconcile.error} />
      <ErrorCard account={account} />
      <Card title="Polls">
        <Facts facts={pollFacts(account)} />
      </Card>
      <JobsCard of={{ accountId: account.id }} />
      <StatusHistory accountId={account.id} />
      <Card title="The account">
        <Facts facts={accountFacts(account)} />
      </Card>
      {open === "backfill" && <BackfillDialog account={account} onClose={close} />}
      {open === "settings" && <SettingsDialog account={account} onClose={close} />}
    </Page>
  )
}

const pollFacts = (account: Account): [string, React.ReactNode][] => [
  ["Last good poll", <Time key="" at={account.lastPolledAt} as="both" />],
  ["Last attempt", <Time key="" at={account.lastAttemptedAt} as="both" />],
  ["Next poll", account.paused ? "when resumed, or on request" : <Time key="" at={account.nextPollAt} as="both" />],
  ["Interval", account.pollSeconds === null ? "the deployment's" : spanText(account.pollSeconds * 1_000)],
  ["Newest message", <Time key="" at={account.lastMessageAt} as="both" />],
  ["Lag, from sent to seen", account.lagMs === null ? "no message yet" : spanText(Math.max(0, account.lagMs))],
  ["Failed polls in a row", account.consecutiveFailures.toLocaleString()],
  ["Conversations", tracked(account)],
  ["Unreadable messages", account.unreadableMessages.toLocaleString()],
  ["Last reconciliation", <Reconciliation key="" account={account} />],
]

const tracked = ({ conversations: { tracked: count, quarantined } }: Account): string =>
  `${count.toLocaleString()}${quarantined === 0 ? "" : `, of which ${quarantined.toLocaleString()} are set aside since they fail`}`

const Reconciliation = ({ account: { lastReconciliation: last } }: { account: Account }) =>
  last === null ? (
    "none yet: every night"
  ) : (
    <>
      <Time at={last.at} as="both" />: {last.checked.toLocaleString()} checked, {last.missing.toLocaleString()} missing
    </>
  )

const accountFacts = (account: Account): [string, React.ReactNode][] => [
  ["Owner", <bdi key="">{account.name ?? "unknown"}</bdi>],
  ["Id", <code key="">{account.id}</code>],
  ["Dialect of upstream", account.dialect ?? "not known yet"],
  ["Baseline", <Time key="" at={account.baselinedAt} as="both" />],
  ["Status since", <Time key="" at={account.statusChangedAt} as="both" />],
  ["Found", <Time key="" at={account.createdAt} as="both" />],
  [
    "Events",
    <Link key="" href={eventsPath({ accountId: account.id })}>
      of this account
    </Link>,
  ],
]
