import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"

import { api, read } from "../../api/client.ts"
import type { Delivery } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Card } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { DeliveryStatus } from "../../components/status.tsx"
import { Time } from "../../components/time.tsx"
import { spanText } from "../../components/time-text.ts"
import { Untrusted } from "../../components/untrusted.tsx"
import { followedDeliveryQuery } from "./queries.ts"
import { deliveryPath } from "../../components/paths.ts"

const ANSWER_SHOWN_MAX = 400

/** A ping on its way, and how it goes. */
export const useTest = (endpointId: string) => {
  const action = useAction({
    act: () => read(api.endpoints[":id"].test.$post({ param: { id: endpointId }, query: {} })),
  })
  return { ...action, deliveryId: action.result?.id ?? null }
}

/** Nothing until a test was asked for. */
export const TestPanel = ({ test: { deliveryId, error } }: { test: ReturnType<typeof useTest> }) => (
  <>
    <Problem error={error} />
    {deliveryId !== null && <Followed key={deliveryId} id={deliveryId} />}
  </>
)

const Followed = ({ id }: { id: string }) => {
  const { data: delivery, error } = useQuery(followedDeliveryQuery(id))
  return (
    <Card title="Test" actions={<Link href={deliveryPath(id)}>The delivery</Link>}>
      <div role="status">
        {delivery === undefined ? <p>On its way …</p> : <Result delivery={delivery} />}
        <Problem error={delivery === undefined ? error : null} />
      </div>
    </Card>
  )
}

const Result = ({ delivery }: { delivery: Delivery }) => {
  const answer = delivery.lastAttempt?.responseBody ?? ""
  return (
    <>
      <p>
        <DeliveryStatus delivery={delivery} /> {wordsOf(delivery)}
        {delivery.status === "retrying" && delivery.nextAttemptAt !== null && (
          <>
            {" "}
            The next attempt is <Time at={delivery.nextAttemptAt} as="ago" />.
          </>
        )}
      </p>
      {answer !== "" && (
        <p>
          It answered: <Untrusted text={answer} shownMax={ANSWER_SHOWN_MAX} />
        </p>
      )}
    </>
  )
}

const wordsOf = ({ status, lastAttempt: last }: Delivery): string => {
  if (status === "held") return "The endpoint holds its deliveries: the ping goes out when that ends."
  if (last === null) return status === "cancelled" ? "It was cancelled before it was sent." : "On its way …"
  const took = `after ${spanText(last.durationMs)}`
  if (last.outcome === "failed")
    return `${last.errorMessage ?? "The attempt failed."} (attempt ${last.number}, ${took})`
  return `The receiver answered ${last.responseStatus ?? "with success"} ${took}.`
}
