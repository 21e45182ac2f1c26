import type { ReactNode } from "react"

export type Tone = "good" | "warn" | "bad" | "info" | "idle"

/** Each tone has a shape of its own beside its colour. */
const shapes: Record<Tone, string> = { good: "✓", warn: "▲", bad: "✕", info: "●", idle: "○" }

export const Badge = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={`badge badge-${tone}`}>
    <span aria-hidden="true">{shapes[tone]}</span> {children}
  </span>
)
