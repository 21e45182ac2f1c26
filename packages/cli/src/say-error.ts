import { PosthornError } from "@posthorn/sdk"
import { CommanderError } from "commander"

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

/**
 * A failure in a sentence, and what the process ends with.
 *
 * @param flags the options that the command at work has, like `--type`: no other is named
 */
export const sayError = (error: unknown, flags: readonly string[] = []): Said => {
  if (error instanceof Interrupted) return said(exitCodes.interrupted, "", { code: "interrupted" })
  if (error instanceof CommanderError)
    return said(exitCodes.usage, error.message.replace(/^error: /, ""), { code: "usage" })
  if (error instanceof CliError) return said(error.exitCode, error.message, { code: "cli" })
  if (error instanceof PosthornError) {
    const { code, status, detail, errors, requestId } = error
    const where = requestId === null ? "" : ` (${requestId})`
    return said(isRefusal(error) ? exitCodes.refused : exitCodes.unreachable, `${hinted(error, flags)}${where}`, {
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

const hinted = (error: PosthornError, flags: readonly string[]): string => {
  const { code } = error
  const detail = inFlags(error, flags)
  if (code === "unauthorized") return `${detail} Set POSTHORN_KEY to a key of this deployment.`
  if (code === "network") return `${detail} Is it running, and is --url (or POSTHORN_URL) its address?`
  if (code === "cursor_expired") return `${detail} Here that is --from start.`
  return detail
}

/** What the API calls it, and what is written here. */
const FLAGS: Readonly<Record<string, string>> = {
  accountId: "--account",
  after: "--from",
  conversationId: "--conversation",
  data: "--data",
  description: "--description",
  endpointId: "--endpoint",
  eventId: "--event",
  eventIds: "--event",
  eventTypes: "--type",
  filter: "--filter",
  format: "--format",
  headers: "--header",
  kind: "--kind",
  ordering: "--ordering",
  overlapSeconds: "--overlap",
  rateLimit: "--rate-limit",
  since: "--since",
  status: "--status",
  type: "--type",
  until: "--until",
}

/** A refusal of fields in the words of the command line; where one has no flag in this command, in the API's own. */
const inFlags = ({ detail, errors }: PosthornError, flags: readonly string[]): string => {
  const sentences = errors.map(({ pointer, message }) => {
    const [name = "", ...within] = pointer.split("/").filter((part) => part !== "" && !/^\d+$/.test(part))
    const flag = FLAGS[name]
    return flag === undefined || !flags.includes(flag) ? null : `${[flag, ...within].join(" ")}: ${message}`
  })
  return sentences.length === 0 || sentences.includes(null) ? detail : sentences.join("; ")
}

const said = (exitCode: ExitCode, text: string, error: Record<string, unknown>): Said => ({
  exitCode,
  text: plain(text, DETAIL_LENGTH_MAX),
  record: { error: { message: plain(text, DETAIL_LENGTH_MAX), ...error } },
})
