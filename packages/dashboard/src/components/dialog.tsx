import { type ReactNode, useId, useLayoutEffect, useRef } from "react"

import { Button } from "./button.tsx"

/** Over the page, until it is closed; the browser keeps the focus in it, and Escape closes it. Is there while it is open. */
export const Dialog = ({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Closed before it leaves the page: only then does the focus go back to where it came from.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={onClose}>
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" aria-label="Close" onClick={onClose}>
          ✕
        </Button>
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
