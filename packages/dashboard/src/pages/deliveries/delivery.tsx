import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { Link, useParams } from "wouter"

import { api, read } from "../../api/client.ts"
import { LIVE_MS } from "../../api/live-list.ts"
import { isAbsent } from "../../api/problem.ts"
import type { DeliveryWithAttempts } from "../../api/resources.ts"
import { Button } from "../../components/button.tsx"
import { AccountName, EndpointName } from "../../components/named.tsx"
import { Card, Facts, Loading, Page } from "../../components/page.tsx"
import { eventPath } from "../../components/paths.ts"
import { Problem } from "../../components/problem.tsx"
import { DeliveryStatus } from "../../components/status.tsx"
import { Time } from "../../components/time.tsx"
import { Absent } from "../not-found.tsx"
import { Attempts } from "./attempts.tsx"
import { standing } from "./delivery-words.ts"
import { May } from "../../components/may.tsx"
import { useRetry } from "./use-retry.ts"

export const DeliveryPage = () => {
  const { id } = useParams<{ id: string }>()
  const { data: delivery, error } = useQuery({
    queryKey: ["delivery", id],
    queryFn: () => read(api.deliveries[":id"].$get({ param: { id: encodeURIComponent(id) }, query: {} })),
    refetchInterval: LIVE_MS,
  })
  if (isAbsent(error)) return <Absent what="delivery" />
  if (delivery === undefined)
    return (
      <Page title="Delivery">
        <Problem error={error} />
        {error === null && <Loading />}
      </Page>
    )
  return (
    <Shown key={delivery.id} delivery={delivery}>
      <Problem error={error} />
    </Shown>
  )
}

const Shown = ({ delivery, children }: { delivery: DeliveryWithAttempts; children: ReactNode }) => {
  const retry = useRetry(delivery.id)
  const { id, eventId, eventType, endpointId, accountId } = delivery
  return (
    <Page
      title="Delivery"
      lead={
        <>
          <DeliveryStatus delivery={delivery} /> <code>{id}</code>
        </>
      }
      actions={
        <May scope="endpoints">
          {delivery.status === "succeeded" ? (
            <Button busy={retry.isBusy} onClick={() => retry.run()}>
              Send again, although it was taken
            </Button>
          ) : (
            <Button kind="primary" busy={retry.isBusy} onClick={() => retry.run()}>
              Retry
            </Button>
          )}
        </May>
      }
    >
      {children}
      <Problem error={retry.error} />
      <Card>
        <p className="standing">{standing(delivery).now}</p>
        <Facts
          facts={[
            [
              "Event",
              <Link href={eventPath(eventId)}>
                <bdi>{eventType}</bdi>
              </Link>,
            ],
            ["Endpoint", <EndpointName id={endpointId} />],
            ["Account", accountId === null ? <span className="muted">none</span> : <AccountName id={accountId} />],
            ["Attempts", delivery.attemptCount.toLocaleString()],
            ["Made", <Time at={delivery.createdAt} as="both" />],
            [
              "Finished",
              delivery.finishedAt === null ? (
                <span className="muted">not yet</span>
              ) : (
                <Time at={delivery.finishedAt} as="both" />
              ),
            ],
          ]}
        />
      </Card>
      <Attempts delivery={delivery} />
    </Page>
  )
}
