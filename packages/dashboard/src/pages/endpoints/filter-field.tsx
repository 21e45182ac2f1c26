import { Field } from "../../components/field.tsx"
import { parseFilterText } from "./endpoint-form.ts"
import { filterMessages } from "./field-messages.ts"
import { Preview, usePreview } from "./preview.tsx"

const EXAMPLE = `{ "data": { "message": { "text": [{ "wildcard": "*invoice*" }] } } }`

/** The filter, and what it would have let through: the API judges while it is being written. */
export const FilterField = ({
  text,
  eventTypes,
  onChange,
  error,
}: {
  text: string
  eventTypes: string[]
  onChange: (text: string) => void
  error: unknown
}) => {
  const parsed = parseFilterText(text)
  const preview = usePreview(eventTypes, parsed.ok ? parsed.filter : undefined)
  const messages = parsed.ok ? filterMessages(preview.error ?? error) : [parsed.message]
  return (
    <>
      <Field
        label="Filter"
        hint={
          <>
            Only events that match this pattern, such as <code>{EXAMPLE}</code>. Empty: all of the types above.
          </>
        }
        error={messages.length === 0 ? null : messages.join("; ")}
      >
        {(props) => (
          <textarea
            {...props}
            spellCheck={false}
            rows={5}
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      {messages.length === 0 && <Preview preview={preview} />}
    </>
  )
}
