import { PosthornError } from "@posthorn/sdk"

import { CliError, type ExitCode, exitCodes } from "./exit.ts"
import { Interrupted } from "./signals.ts"
import { plain } from "./text.ts"

const DETAIL_LENGTH_MAX = 1_000

export interface Said {
  exitCode: ExitCode
  /** One sentence for a person; empty where nothing is to be said. */
  text: string
  /** The same for a program. */
  record: { error: Record<string, unknown> }
}

/** A failure in a sentence, and what the process ends with. */
export const sayError = (error: unknown): Said => {
  if (error instanceof Interrupted) return said(exitCodes.interrupted, "", { code: "interrupted" })
  if (error instanceof CliError) return said(error.exitCode, error.message, { code: "cli" })
  if (error instanceof PosthornError) {
    const { code, status, detail, errors, requestId } = error
    const where = requestId === null ? "" : ` (${requestId})`
    return said(isRefusal(error) ? exitCodes.refused : exitCodes.unreachable, `${hinted(error)}${where}`, {
      ...{ code, status, detail, errors, requestId },
    })
  }
  const message = error instanceof Error ? error.message : String(error)
  // The SDK's own refusals of an argument, by name.
  if (error instanceof TypeError && /^\w+: must/.test(message)) return said(exitCodes.usage, message, { code: "usage" })
  return said(exitCodes.failed, `Something went wrong in this program: ${message}`, { code: "internal" })
}

/** Of a deployment that is there and says no; anything else is weather. */
const isRefusal = ({ status, code }: PosthornError): boolean =>
  status !== null && status >= 400 && status < 500 && code !== "unexpected_answer"

const hinted = ({ code, detail }: PosthornError): string => {
  if (code === "unauthorized") return `${detail} Set POSTHORN_KEY to a key of this deployment.`
  if (code === "network") return `${detail} Is it running, and is --url (or POSTHORN_URL) its address?`
  if (code === "cursor_expired") return `${detail} Here that is --from start.`
  return detail
}

const said = (exitCode: ExitCode, text: string, error: Record<string, unknown>): Said => ({
  exitCode,
  text: plain(text, DETAIL_LENGTH_MAX),
  record: { error: { message: plain(text, DETAIL_LENGTH_MAX), ...error } },
})
