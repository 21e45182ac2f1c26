import type { Endpoint } from "../../api/resources.ts"
import { Json } from "../../components/code.tsx"
import { Card, Facts } from "../../components/page.tsx"
import { Time } from "../../components/time.tsx"
import { Untrusted } from "../../components/untrusted.tsx"

/** How it is set. The only place that shows the whole URL. */
export const EndpointFacts = ({ endpoint }: { endpoint: Endpoint }) => {
  const headers = Object.keys(endpoint.headers)
  const metadata = Object.entries(endpoint.metadata)
  return (
    <Card title="Settings">
      <p>
        <bdi className="untrusted url">{endpoint.url}</bdi>
      </p>
      {endpoint.description !== null && (
        <p>
          <Untrusted text={endpoint.description} />
        </p>
      )}
      <Facts
        facts={[
          ["Event types", endpoint.eventTypes.join(", ")],
          ["Format", endpoint.format],
          ["Ordering", endpoint.ordering],
          ["Rate limit", endpoint.rateLimit === null ? "none" : `${endpoint.rateLimit.toLocaleString()} a second`],
          ["Headers", headers.length === 0 ? "none" : headers.join(", ")],
          ...metadata.map(([name, value]): [string, React.ReactNode] => [
            `Metadata: ${name}`,
            <Untrusted key={name} text={value} />,
          ]),
          ["Made", <Time key="made" at={endpoint.createdAt} as="both" />],
          ["Changed", <Time key="changed" at={endpoint.updatedAt} as="both" />],
          ["Id", <code key="id">{endpoint.id}</code>],
        ]}
      />
      {endpoint.filter !== null && (
        <>
          <h3>Filter</h3>
          <Json value={endpoint.filter} what="filter" />
        </>
      )}
    </Card>
  )
}
