import type { ReactNode } from "react"

/** A filter that is set, and goes when it is pressed. */
export const Chip = ({ children, onRemove }: { children: ReactNode; onRemove: () => void }) => (
  <button type="button" className="chip" onClick={onRemove}>
    {children} <span aria-hidden="true">✕</span>
    <span className="hidden">, remove this filter</span>
  </button>
)
