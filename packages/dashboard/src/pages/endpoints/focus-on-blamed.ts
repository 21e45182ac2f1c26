import { type RefObject, useEffect } from "react"

/** After a refusal: to the first control that is to blame. */
export const useFocusOnBlamed = (form: RefObject<HTMLFormElement | null>, error: Error | null): void => {
  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus()
  }, [form, error])
}
