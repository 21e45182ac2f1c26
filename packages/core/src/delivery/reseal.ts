import type { EndpointRow } from "../endpoint.ts"
import type { Seal } from "../seal.ts"
import { headerContext, secretContext } from "./seal-context.ts"

/** Whether all that an endpoint keeps sealed is under the key that seals today. */
export const isSealedAnew = ({ secrets, headers }: EndpointRow, { isSealedWithCurrentKey }: Seal): boolean =>
  [...secrets.map(({ sealed }) => sealed), ...Object.values(headers)].every(isSealedWithCurrentKey)

/**
 * The row with everything under the key that seals today. A new version, but no new revision, since what is dialled is the same:
 * deliveries under way go on. Throws where a value does not open, because its key is not given any more.
 */
export const reseal = (row: EndpointRow, seal: Seal): EndpointRow => {
  const anew = (sealed: string, context: string): string =>
    seal.isSealedWithCurrentKey(sealed) ? sealed : seal.seal(seal.open(sealed, context), context)
  return {
    ...row,
    version: row.version + 1,
    secrets: row.secrets.map((secret) => ({ ...secret, sealed: anew(secret.sealed, secretContext(row.id)) })),
    headers: Object.fromEntries(
      Object.entries(row.headers).map(([name, sealed]) => [name, anew(sealed, headerContext(row.id, name))]),
    ),
  }
}
