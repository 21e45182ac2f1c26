import { useId } from "react"

import { eventTypes, eventTypeTexts, isCoveredByStar, isOperational } from "../../components/event-types.ts"
import { Field } from "../../components/field.tsx"
import type { EndpointForm } from "./endpoint-form.ts"

type Asked = Pick<EndpointForm, "types" | "customTypes">

/** What the endpoint asks for. A `ping` goes to whoever is tested, so that nobody has to ask for it. */
export const EventTypesField = ({
  asked: { types, customTypes },
  onChange,
  error,
}: {
  asked: Asked
  onChange: (asked: Partial<Asked>) => void
  error: string | null
}) => {
  const id = useId()
  const isAll = types.has("*")
  const set = (type: string, isOn: boolean): void => {
    const next = new Set(types)
    if (isOn) next.add(type)
    else next.delete(type)
    onChange({ types: next })
  }
  const check = (type: string, text: string, isImplied = false) => (
    <label className="check" key={type}>
      <input
        type="checkbox"
        checked={isImplied || types.has(type)}
        disabled={isImplied}
        aria-invalid={error !== null || undefined}
        aria-describedby={error === null ? undefined : id}
        onChange={(event) => set(type, event.target.checked)}
      />
      <span>
        <code>{type}</code> <span className="muted">{text}</span>
      </span>
    </label>
  )
  return (
    <>
      <fieldset>
        <legend>Event types</legend>
        {check("*", "every message, conversation and account event, now and later")}
        {eventTypes.filter(isCoveredByStar).map((type) => check(type, eventTypeTexts[type], isAll))}
        <p className="hint">About Posthorn itself, to be asked for by name:</p>
        {eventTypes.filter(isOperational).map((type) => check(type, eventTypeTexts[type]))}
        {types.has("ping") && check("ping", eventTypeTexts.ping)}
        {error !== null && (
          <p className="field-error" id={id}>
            {error}
          </p>
        )}
      </fieldset>
      <Field
        label="Types of your own"
        hint="Published through the API, such as custom.crm.synced; with commas between them."
      >
        {(props) => (
          <input
            {...props}
            autoComplete="off"
            spellCheck={false}
            value={customTypes}
            onChange={(event) => onChange({ customTypes: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}
