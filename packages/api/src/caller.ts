import type { Scope } from "@posthorn/core/key"

/** Whose key it is. */
export interface Caller {
  id: string
  name: string
  scopes: readonly Scope[]
  /** `KeyRow.hash`: what a session is tied to. */
  keyHash: string
}
