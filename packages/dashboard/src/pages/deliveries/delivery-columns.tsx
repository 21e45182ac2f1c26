import { Link } from "wouter"

import type { Delivery } from "../../api/resources.ts"
import { lastAnswer } from "./delivery-words.ts"
import { EndpointName } from "../../components/named.tsx"
import { deliveryPath } from "../../components/paths.ts"
import { DeliveryStatus } from "../../components/status.tsx"
import type { Column } from "../../components/table.tsx"
import { Time } from "../../components/time.tsx"

const when: Column<Delivery> = { head: "Time", cell: ({ createdAt }) => <Time at={createdAt} /> }
const what: Column<Delivery> = {
  head: "Delivery of",
  cell: ({ id, eventType }) => (
    <Link href={deliveryPath(id)}>
      <bdi>{eventType}</bdi>
    </Link>
  ),
}
const where: Column<Delivery> = { head: "Endpoint", cell: ({ endpointId }) => <EndpointName id={endpointId} /> }
const how: Column<Delivery>[] = [
  { head: "Status", cell: (delivery) => <DeliveryStatus delivery={delivery} /> },
  { head: "Attempts", cell: ({ attemptCount }) => attemptCount.toLocaleString(), isNumber: true },
  { head: "Last answer", cell: ({ lastAttempt }) => lastAnswer(lastAttempt) },
  {
    head: "Next attempt",
    cell: ({ nextAttemptAt }) =>
      nextAttemptAt === null ? <span className="muted">–</span> : <Time at={nextAttemptAt} as="ago" />,
  },
]

/** Rows of deliveries, wherever they are listed. */
export const deliveryColumns: Column<Delivery>[] = [when, what, where, ...how]

/** On the page of one endpoint. */
export const ownDeliveryColumns: Column<Delivery>[] = [when, what, ...how]
