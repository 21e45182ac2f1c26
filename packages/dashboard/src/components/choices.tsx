import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react"

/** One, several or all of a few values: a button that says what is chosen, and a check box for each behind it. */
export const Choices = ({
  label,
  all,
  options,
  chosen,
  onChange,
}: {
  label: string
  /** What the button says where nothing is chosen. */
  all: string
  options: readonly string[]
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}) => {
  const [isOpen, setOpen] = useState(false)
  const whole = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()

  useEffect(() => {
    if (!isOpen) return
    const closeOutside = ({ target }: Event): void => {
      if (target instanceof Node && whole.current?.contains(target) !== true) setOpen(false)
    }
    const events = ["pointerdown", "focusin"] as const
    for (const event of events) document.addEventListener(event, closeOutside)
    return () => {
      for (const event of events) document.removeEventListener(event, closeOutside)
    }
  }, [isOpen])

  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !isOpen) return
    setOpen(false)
    button.current?.focus()
  }
  // What an address brings and nobody offers can be taken off again, too.
  const offered = [...options, ...chosen.filter((value) => !options.includes(value))]
  return (
    <div className="field choices" ref={whole} onKeyDown={closeByKey}>
      <label id={`${id}-label`} htmlFor={id}>
        {label}
      </label>
      <button
        id={id}
        ref={button}
        type="button"
        className="choices-button"
        aria-labelledby={`${id}-label ${id}`}
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-panel` : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {chosen.length === 0 ? all : chosen.length === 1 ? chosen[0] : `${chosen.length} of ${offered.length}`}
      </button>
      {isOpen && (
        <div className="choices-panel" id={`${id}-panel`} role="group" aria-label="Which to show">
          {offered.map((option) => (
            <label key={option} className="check">
              <input
                type="checkbox"
                checked={chosen.includes(option)}
                onChange={({ target }) =>
                  onChange(offered.filter((value) => (value === option ? target.checked : chosen.includes(value))))
                }
              />
              {option}
            </label>
          ))}
        </div>
      )}
    </div>
  )
}
