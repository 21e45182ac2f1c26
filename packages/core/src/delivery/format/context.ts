import type { Instant } from "../../time.ts"

/** What a format needs beyond the event: who signs, and when the attempt starts. */
export interface RenderContext {
  /** Raw key bytes; the first signs first. */
  secrets: readonly Uint8Array[]
  at: Instant
}

export interface FormatHeaders {
  /** Sent beside ours; never in place of ours or of the endpoint's own. */
  headers: Readonly<Record<string, string>>
  /** What in them is a signature, and must not show in a stored answer. */
  signatures: readonly string[]
}
