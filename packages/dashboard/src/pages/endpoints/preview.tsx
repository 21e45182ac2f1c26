import { keepPreviousData, useQuery } from "@tanstack/react-query"
import type { InferResponseType } from "hono/client"

import { api, read } from "../../api/client.ts"
import { messageData } from "../../api/resources.ts"
import { countText } from "../../components/count-text.ts"
import { Time } from "../../components/time.tsx"
import { Excerpt } from "../../components/untrusted.tsx"
import { useSettled } from "./settled.ts"
import { eventPath } from "../../components/paths.ts"

type Previewed = InferResponseType<typeof api.endpoints.preview.$post>
type Refused = Previewed["refused"][number]

/** What an endpoint that asks like this would have got. `filter` undefined: it is no JSON yet, and nothing is asked. */
export const usePreview = (eventTypes: string[], filter: Record<string, unknown> | null | undefined) => {
  const asked = useSettled(JSON.stringify({ eventTypes, filter }))
  return useQuery({
    queryKey: ["preview", asked],
    queryFn: () =>
      read(
        api.endpoints.preview.$post({
          query: {},
          json: JSON.parse(asked) as { eventTypes: string[]; filter: Record<string, unknown> | null },
        }),
      ),
    enabled: filter !== undefined,
    placeholderData: keepPreviousData,
  })
}

export const Preview = ({ preview: { data, error } }: { preview: ReturnType<typeof usePreview> }) => (
  <div className="preview" aria-live="polite">
    {error !== null ? (
      <p className="field-error">{error.message}</p>
    ) : data === undefined ? (
      <p className="muted">Trying it on the last events …</p>
    ) : (
      <Found {...data} />
    )}
  </div>
)

const Found = ({ considered, matched, samples, refused }: Previewed) => {
  if (considered === 0) return <p className="muted">There are no events yet to try this on.</p>
  return (
    <>
      <p>
        <strong>
          {matched.toLocaleString()} of the last {countText(considered, "event", "events")}
        </strong>{" "}
        would have been sent.
      </p>
      {samples.length > 0 && (
        <ul>
          {samples.map((event) => {
            const message = messageData(event)?.message
            return (
              <li key={event.id}>
                <a href={eventPath(event.id)} target="_blank" rel="noreferrer">
                  <code>{event.type}</code>
                </a>{" "}
                <Time at={event.timestamp} as="ago" />
                {message !== undefined && (
                  <>
                    {" "}
                    <Excerpt text={message.text === "" ? "(no text)" : message.text} max={80} />
                  </>
                )}
              </li>
            )
          })}
        </ul>
      )}
      {refused.length > 0 && (
        <>
          <p>Not sent:</p>
          <ul>
            {refused.map((one) => (
              <li key={`${one.clause.clause} ${one.clause.path}`}>
                <Refusal {...one} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

const Refusal = ({ clause: { clause, path, wanted, found }, count, example }: Refused) => (
  <>
    {countText(count, "event", "events")}:{" "}
    {clause === "eventTypes" ? (
      "of a type that is not asked for"
    ) : (
      <>
        <code>{path}</code> had to be <Excerpt text={listOf(wanted)} />
      </>
    )}
    , such as{" "}
    <a href={eventPath(example)} target="_blank" rel="noreferrer">
      one with
    </a>{" "}
    <Excerpt text={found.length === 0 ? "nothing there" : listOf(found)} />
  </>
)

const listOf = (values: unknown[]): string => values.map((value) => JSON.stringify(value)).join(" or ")
