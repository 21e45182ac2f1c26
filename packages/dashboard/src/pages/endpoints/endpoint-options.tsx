import { useState } from "react"

import { fieldMessage } from "../../api/problem.ts"
import { Field } from "../../components/field.tsx"
import { type EndpointForm, typesOf } from "./endpoint-form.ts"
import { messageAt, pointerTo } from "./field-messages.ts"
import { FilterField } from "./filter-field.tsx"
import { PairsField } from "./pairs-field.tsx"

const formats: Record<EndpointForm["format"], string> = {
  standard: "standard: the event itself, for code, Zapier, n8n, Make",
  unipile: "unipile: for tools built for Unipile's webhooks",
  slack: "slack: a message in a Slack channel",
  discord: "discord: a message in a Discord channel",
  connectsafely: "connectsafely: as ConnectSafely's native webhook",
}

const orderings: Record<EndpointForm["ordering"], string> = {
  none: "none: as fast as they come",
  conversation: "conversation: one after another within each conversation",
}

const optional = ["/filter", "/format", "/ordering", "/headers", "/metadata", "/rateLimit", "/secret"]

const usesOptions = (form: EndpointForm): boolean =>
  form.filter !== "" ||
  form.format !== "standard" ||
  form.ordering !== "none" ||
  form.headers.length + form.metadata.length > 0 ||
  form.rateLimit !== ""

export interface FieldsProps {
  form: EndpointForm
  onChange: (changed: Partial<EndpointForm>) => void
  /** Of the last try. */
  error: unknown
  isNew: boolean
}

/** What most endpoints do without: folded away until it is used, asked for, or refused. */
export const EndpointOptions = ({ form, onChange, error, isNew }: FieldsProps) => {
  const [isOpen, setOpen] = useState(() => usesOptions(form))
  const isShown = isOpen || optional.some((pointer) => fieldMessage(error, pointer) !== null)
  return (
    <details className="options" open={isShown} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>More options: filter, format, ordering, headers, rate limit</summary>
      {isShown && (
        <>
          <FilterField
            text={form.filter}
            eventTypes={typesOf(form)}
            onChange={(filter) => onChange({ filter })}
            error={error}
          />
          <Choice
            label="Format"
            options={formats}
            value={form.format}
            onChange={(format) => onChange({ format })}
            error={fieldMessage(error, "/format")}
            hint={
              form.format === "slack" || form.format === "discord"
                ? "Such channels take about one message a second: set a rate limit of 1."
                : undefined
            }
          />
          <Choice
            label="Ordering"
            options={orderings}
            value={form.ordering}
            onChange={(ordering) => onChange({ ordering })}
            error={fieldMessage(error, "/ordering")}
          />
          <Field
            label="Rate limit"
            hint="Most deliveries per second, 1 to 1,000; what is more waits its turn. Empty: none."
            error={fieldMessage(error, "/rateLimit")}
          >
            {(props) => (
              <input
                {...props}
                inputMode="numeric"
                autoComplete="off"
                value={form.rateLimit}
                onChange={(event) => onChange({ rateLimit: event.target.value })}
              />
            )}
          </Field>
          <PairsField
            legend="Headers"
            what="header"
            hint="Sent with each webhook. Values are encrypted, and never shown again."
            pairs={form.headers}
            onChange={(headers) => onChange({ headers })}
            messageOf={(name) => messageAt(error, name === null ? "/headers" : pointerTo("headers", name))}
          />
          <PairsField
            legend="Metadata"
            what="note"
            hint="Your own words about the endpoint, for your own tools."
            pairs={form.metadata}
            onChange={(metadata) => onChange({ metadata })}
            messageOf={(name) => messageAt(error, name === null ? "/metadata" : pointerTo("metadata", name))}
          />
          {isNew && (
            <Field
              label="Secret of your own"
              hint="whsec_ and 24 to 64 bytes in base64. Empty: a new one is made and shown once."
              error={fieldMessage(error, "/secret")}
            >
              {(props) => (
                <input
                  {...props}
                  type="password"
                  autoComplete="new-password"
                  spellCheck={false}
                  value={form.secret}
                  onChange={(event) => onChange({ secret: event.target.value })}
                />
              )}
            </Field>
          )}
        </>
      )}
    </details>
  )
}

const Choice = <Value extends string>({
  label,
  options,
  value,
  onChange,
  error,
  hint,
}: {
  label: string
  options: Record<Value, string>
  value: Value
  onChange: (value: Value) => void
  error: string | null
  hint?: string | undefined
}) => (
  <Field label={label} error={error} {...(hint !== undefined && { hint })}>
    {(props) => (
      <select {...props} value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {(Object.keys(options) as Value[]).map((option) => (
          <option key={option} value={option}>
            {options[option]}
          </option>
        ))}
      </select>
    )}
  </Field>
)
