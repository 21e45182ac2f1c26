import type { Conversation } from "../../api/resources.ts"
import { Chip } from "../../components/chip.tsx"
import { Choices } from "../../components/choices.tsx"
import { eventTypes } from "../../components/event-types.ts"
import { Field } from "../../components/field.tsx"
import { instantOf, localOf } from "../../components/instant-field.ts"
import type { useFilters } from "../../components/filters.ts"
import { AccountOptions } from "../../components/named.tsx"
import { Excerpt } from "../../components/untrusted.tsx"
import { ConversationName } from "./conversation-name.tsx"

export const filterNames = ["type", "accountId", "conversationId", "since", "until"] as const
type Filters = ReturnType<typeof useFilters<(typeof filterNames)[number]>>

/** What is asked of the server, and a text for what it has sent. */
export const EventFilters = ({
  filters,
  conversation,
  text,
  onText,
  loaded,
  customTypes,
}: {
  filters: Filters
  /** What the conversation is called, once something of it has been loaded. */
  conversation: Conversation | undefined
  text: string
  onText: (text: string) => void
  loaded: number
  /** Those that were met: nobody else knows which there are. */
  customTypes: string[]
}) => {
  const { query } = filters
  return (
    <>
      <div className="filters">
        <Choices
          label="Type"
          all="All types"
          options={[...eventTypes, ...customTypes]}
          chosen={filters.several("type")}
          onChange={(types) => filters.set("type", types)}
        />
        <Field label="Account">
          {(props) => (
            <select
              {...props}
              value={query.accountId ?? ""}
              onChange={({ target }) => filters.set("accountId", target.value)}
            >
              <AccountOptions chosen={query.accountId ?? ""} />
            </select>
          )}
        </Field>
        {(["since", "until"] as const).map((name) => (
          <Field key={name} label={{ since: "From", until: "Until" }[name]}>
            {(props) => (
              <input
                {...props}
                type="datetime-local"
                max="9999-12-31T23:59"
                value={shownInstant(query[name])}
                onChange={({ target }) => filters.set(name, instantOf(target.value), { replace: true })}
              />
            )}
          </Field>
        ))}
        <Field
          label="Filter what is loaded"
          hint={`Filters the ${loaded.toLocaleString()} loaded events; the server is not asked.`}
        >
          {(props) => <input {...props} type="search" value={text} onChange={({ target }) => onText(target.value)} />}
        </Field>
      </div>
      {query.conversationId !== undefined && (
        <p className="chips">
          <Chip onRemove={() => filters.set("conversationId", null)}>
            Conversation:{" "}
            {conversation === undefined ? (
              <Excerpt text={query.conversationId} max={60} />
            ) : (
              <ConversationName conversation={conversation} />
            )}
          </Chip>
        </p>
      )}
    </>
  )
}

/** An address may hold anything. */
const shownInstant = (iso: string | undefined): string => {
  const at = new Date(iso ?? "")
  return Number.isNaN(at.getTime()) ? "" : localOf(at)
}
