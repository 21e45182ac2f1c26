import type { ReactNode } from "react"

import { fieldMessage } from "../../api/problem.ts"
import { Field } from "../../components/field.tsx"
import { EndpointOptions, type FieldsProps } from "./endpoint-options.tsx"
import { EventTypesField } from "./event-types-field.tsx"

/** The fields of an endpoint, to make one or to change it. What is wrong with them the API says. */
export const EndpointFields = ({ form, onChange, error, isNew, urlHint }: FieldsProps & { urlHint?: ReactNode }) => (
  <>
    <Field label="URL" hint={urlHint} error={fieldMessage(error, "/url")}>
      {(props) => (
        <input
          {...props}
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://example.com/hook"
          value={form.url}
          onChange={(event) => onChange({ url: event.target.value })}
        />
      )}
    </Field>
    <Field label="Description" hint="What you call it." error={fieldMessage(error, "/description")}>
      {(props) => (
        <input
          {...props}
          autoComplete="off"
          value={form.description}
          onChange={(event) => onChange({ description: event.target.value })}
        />
      )}
    </Field>
    <EventTypesField asked={form} onChange={onChange} error={fieldMessage(error, "/eventTypes")} />
    <EndpointOptions form={form} onChange={onChange} error={error} isNew={isNew} />
  </>
)
