import { secretContext } from "@posthorn/core/delivery/seal-context"
import { newSecret } from "@posthorn/core/delivery/sign"
import type { EndpointRow } from "@posthorn/core/endpoint"
import { SECOND_MS } from "@posthorn/core/time"

import { openSecret } from "./endpoint-create.ts"
import { OVERLAP_SECONDS_DEFAULT, type EndpointRotate } from "./endpoint-fields.ts"
import { changeEndpoint, type WriteDeps } from "./endpoint-write.ts"
import { invalid } from "./validate.ts"

/** Each secret is one more signature in the header of every delivery. */
const SECRETS_MAX = 5

/**
 * A new secret signs first; those before it sign along until the overlap is over. Without an overlap all of them end at once:
 * that is for a secret that leaked.
 */
export const rotateSecret = async (
  id: string,
  { secret, overlapSeconds = OVERLAP_SECONDS_DEFAULT }: EndpointRotate,
  deps: WriteDeps,
): Promise<EndpointRow> => {
  // Drawn once: a change that is tried again must not end with another secret than the one it answers.
  const sealed = deps.seal.seal(secret ?? newSecret(deps.randomBytes), secretContext(id))
  return await changeEndpoint(
    id,
    (row) => {
      if (typeof secret === "string" && secret === openSecret(row, deps.seal))
        throw invalid([{ in: "body", pointer: "/secret", message: "is the secret that is in use; bring another" }])
      const now = deps.clock.now()
      const until = now + overlapSeconds * SECOND_MS
      const before = row.secrets
        .map((old) => ({ ...old, expiresAt: Math.min(old.expiresAt ?? until, until) }))
        .filter((old) => old.expiresAt > now)
      const secrets = [{ sealed, expiresAt: null }, ...before].slice(0, SECRETS_MAX)
      return { ...row, secrets, rotatedAt: now, revision: row.revision + 1 }
    },
    deps,
  )
}
