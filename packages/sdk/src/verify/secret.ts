import { type Bytes, fromBase64 } from "./bytes.ts"
import { VerificationError } from "./error.ts"

const PREFIX = "whsec_"
/** Standard Webhooks 1.0, "Signature scheme". */
const BYTES_MIN = 24
const BYTES_MAX = 64

/**
 * The secret of an endpoint, `whsec_…`; several while it is rotated (a request passes if any fits). `undefined` and `""` in a
 * list stand for an environment variable that is not set and count as absent; one at least must be there.
 */
export type Secrets = string | undefined | readonly (string | undefined)[]

/** The key bytes of every secret. Throws `malformed_secret` with what is wrong, never with the secret. */
export const parseSecrets = (secrets: Secrets): Bytes[] => {
  // Without types anything may come: what is not text is said to be so below.
  const given = (Array.isArray(secrets) ? (secrets as readonly unknown[]) : [secrets]).filter(
    (secret) => secret !== undefined && secret !== null && secret !== "",
  )
  if (given.length === 0)
    throw malformed('There is no secret. Is its environment variable set? It is the "whsec_…" of the endpoint.')
  return given.map(parseSecret)
}

const parseSecret = (secret: unknown): Bytes => {
  if (typeof secret !== "string") throw malformed(`A secret is text that starts with "${PREFIX}".`)
  if (secret.trim() !== secret) throw malformed("The secret has blanks or a line break around it.")
  if (!secret.startsWith(PREFIX))
    throw malformed(
      `A secret starts with "${PREFIX}": it is the endpoint's secret that is wanted, not a key of the API.`,
    )
  const bytes = fromBase64(secret.slice(PREFIX.length))
  if (bytes === null)
    throw malformed(`Behind "${PREFIX}" stands standard base64 with its padding. Was the secret copied whole?`)
  if (bytes.length < BYTES_MIN || bytes.length > BYTES_MAX)
    throw malformed(
      `A secret has ${BYTES_MIN} to ${BYTES_MAX} bytes behind "${PREFIX}", this one has ${bytes.length}. Was it copied whole?`,
    )
  return bytes
}

const malformed = (message: string): VerificationError => new VerificationError("malformed_secret", message)
