import { type ReactNode, useId } from "react"

interface ControlProps {
  id: string
  "aria-describedby": string | undefined
  "aria-invalid": true | undefined
}

/** A labelled control, with what helps to fill it in and what is wrong with it tied to it. */
export const Field = ({
  label,
  hint,
  error = null,
  children,
}: {
  label: string
  hint?: ReactNode
  error?: string | null
  children: (props: ControlProps) => ReactNode
}) => {
  const id = useId()
  const described = [...(hint === undefined ? [] : [`${id}-hint`]), ...(error === null ? [] : [`${id}-error`])]
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-describedby": described.length === 0 ? undefined : described.join(" "),
        "aria-invalid": error === null ? undefined : true,
      })}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== null && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}
