import { type ReactNode, useId, useLayoutEffect, useRef } from "react"

import { Button } from "./button.tsx"

/** Over the page, until it is closed; the browser keeps the focus in it, and Escape closes it. Is there while it is open. */
export const Dialog = ({
  title,
  onClose,
  isToBeRead = false,
  children,
}: {
  title: string
  onClose: () => void
  /** Shows what is never shown again: it closes by its own button alone, not by an Escape in passing. */
  isToBeRead?: boolean
  children: ReactNode
}) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Closed before it leaves the page: only then does the focus go back to where it came from.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        if (!isToBeRead) onClose()
      }}
      {...(isToBeRead && { closedby: "none" })}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        {!isToBeRead && (
          <Button kind="quiet" aria-label="Close" onClick={onClose}>
            ✕
          </Button>
        )}
      </div>
      {children}
    </dialog>
  )
}

/** Asks before something that cannot be taken back. */
export const Confirm = ({
  title,
  children,
  verb,
  busy,
  onConfirm,
  onClose,
}: {
  title: string
  children: ReactNode
  verb: string
  busy: boolean
  onConfirm: () => void
  onClose: () => void
}) => (
  <Dialog title={title} onClose={onClose}>
    {children}
    <div className="actions">
      <Button kind="danger" busy={busy} onClick={onConfirm}>
        {verb}
      </Button>
      <Button onClick={onClose}>Cancel</Button>
    </div>
  </Dialog>
)
