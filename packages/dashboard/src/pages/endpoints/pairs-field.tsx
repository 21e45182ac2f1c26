import { useId, useRef } from "react"

import { Button } from "../../components/button.tsx"
import { addPair, type Pair, repeatedName } from "./endpoint-form.ts"

/** Names and values, a row for each. `messageOf` says what the API has against a name, or against all of them for null. */
export const PairsField = ({
  legend,
  what,
  hint,
  pairs,
  onChange,
  messageOf,
}: {
  legend: string
  /** One of them: "header". */
  what: string
  hint: string
  pairs: Pair[]
  onChange: (pairs: Pair[]) => void
  messageOf: (name: string | null) => string | null
}) => {
  const id = useId()
  const add = useRef<HTMLButtonElement>(null)
  const repeated = repeatedName(pairs)
  const message = repeated === null ? messageOf(null) : `"${repeated}" stands in two rows; keep one.`
  const change = (key: number, changed: Partial<Pair>): void =>
    onChange(pairs.map((pair) => (pair.key === key ? { ...pair, ...changed } : pair)))
  return (
    <fieldset aria-describedby={`${id}-hint`}>
      <legend>{legend}</legend>
      <p className="hint" id={`${id}-hint`}>
        {hint}
      </p>
      {pairs.map(({ key, name, value, isStored }, index) => {
        const error = messageOf(name.trim())
        const errorId = `${id}-error-${key}`
        const checked = {
          "aria-invalid": error !== null || undefined,
          "aria-describedby": error === null ? undefined : errorId,
        }
        return (
          <div className="pair" key={key}>
            <input
              {...checked}
              aria-label={`Name of ${what} ${index + 1}`}
              placeholder="Name"
              autoComplete="off"
              spellCheck={false}
              // A row that was just asked for; those that were there have names.
              autoFocus={name === "" && !isStored}
              value={name}
              onChange={(event) => change(key, { name: event.target.value })}
            />
            <input
              {...checked}
              aria-label={`Value of ${what} ${index + 1}`}
              placeholder={isStored ? "kept as it is" : "Value"}
              autoComplete="off"
              spellCheck={false}
              value={value}
              onChange={(event) => change(key, { value: event.target.value })}
            />
            <Button
              aria-label={`Remove ${what} ${index + 1}`}
              onClick={() => {
                onChange(pairs.filter((pair) => pair.key !== key))
                add.current?.focus()
              }}
            >
              Remove
            </Button>
            {error !== null && (
              <p className="field-error" id={errorId}>
                {error}
              </p>
            )}
          </div>
        )
      })}
      {message !== null && <p className="field-error">{message}</p>}
      <button ref={add} type="button" className="button button-plain" onClick={() => onChange(addPair(pairs))}>
        Add a {what}
      </button>
    </fieldset>
  )
}
