import { randomBytes } from "node:crypto"

import { newSecret, parseSecret } from "@posthorn/core/delivery/sign"
import { type Client, PosthornError } from "@posthorn/sdk"
import { type Command, Option } from "commander"

import { type Deployed, deployed, type DeploymentOptions } from "../deployed.ts"
import { eventLine } from "../event-line.ts"
import { CliError, type ExitCode, exitCodes } from "../exit.ts"
import { followEvents } from "../follow-events.ts"
import { forward } from "../listen/forward.ts"
import { defaultStatePath, type ListenState, openState, type StateFile } from "../listen/state.ts"
import { collect, parseCount } from "../parse.ts"
import { typeFilter } from "../type-filter.ts"
import { hostOf } from "./endpoint-line.ts"

interface ListenOptions extends DeploymentOptions {
  forward: string
  secret?: string
  from?: string
  type?: string[]
  state?: string
  skipFailed?: true
  once?: true
  every: number
}

const description = `Pulls events from your deployment and POSTs each, signed, to a receiver that nobody else can reach: one on this machine.

Nothing goes past an event that the receiver did not take: it is sent again, after 1 s, then at longer intervals up to 30 s. How far it came is written down after each event; the next run goes on there, also after a kill -9. At least once: an event whose answer was not written down comes again, with the same webhook-id.`

export const listen = (): Command =>
  deployed(
    {
      name: "listen",
      summary: "pull events and forward them to a receiver on this machine",
      description,
      examples: [
        "listen --forward http://localhost:3000/hook",
        "listen --forward http://localhost:3000/hook --from start --type 'message.*'",
      ],
      options: [
        new Option("--forward <url>", "the receiver").makeOptionMandatory(),
        new Option("--secret <whsec>", "signs; when left out, one is made for this run and printed").env(
          "POSTHORN_WEBHOOK_SECRET",
        ),
        new Option(
          "--from <place>",
          "start, now, a bookmark or an event's id; when left out, where the last run stopped, or now",
        ),
        new Option("--type <types>", "forward these only; `message.*` is all that begin so").argParser(collect),
        new Option("--state <file>", "where it is written down how far it came"),
        new Option("--skip-failed", "give up on an event after 3 tries, and go on"),
        new Option("--once", "end when there is nothing more"),
        new Option("--every <seconds>", "how often to ask the deployment").default(2).argParser(parseCount(1, 3_600)),
      ],
    },
    run,
  )

const run = async (deployment: Deployed, options: ListenOptions): Promise<ExitCode> => {
  const { client, output, signal } = deployment
  const url = forwardUrlOf(options.forward)
  const secret = options.secret ?? newSecret(randomBytes)
  const secretBytes = secretBytesOf(secret)
  const file = openState(options.state ?? defaultStatePath(new URL(options.url).href, url))
  const { deployment: asked } = await client.me({ signal })
  const begin = await placeOf(options.from, file, deployment)
  file.save(begin.state)

  const isMade = options.secret === undefined
  const where = { deployment: options.url, forward: hostOf(url), from: begin.from, state: file.path }
  output.result(
    { listening: { ...where, secret: isMade ? secret : null } },
    [
      `Listening to ${asked.name}/${asked.stage} at ${options.url}, forwarding to ${hostOf(url)}`,
      `From     ${begin.from}`,
      ...(isMade ? [`Secret   ${secret}   (for this run; bring your own with --secret)`] : []),
    ].join("\n"),
  )

  const isWanted = typeFilter(options.type)
  let { lastEventId } = begin.state
  const events = followEvents(
    {
      after: begin.state.bookmark,
      everyMs: options.every * 1_000,
      once: options.once ?? false,
      onCaughtUp: (bookmark) => file.save({ bookmark, lastEventId }),
    },
    { client, signal, note: output.note },
  )
  let skipped = 0
  for await (const { event, bookmark } of events) {
    if (isWanted(event.type)) {
      const result = await forward(event, {
        url,
        secret: secretBytes,
        skipFailed: options.skipFailed ?? false,
        signal,
        onTry: ({ status, durationMs, error }, attempt, waitMs) => {
          const record = { event, attempt, outcome: error === null ? "delivered" : "failed", status, durationMs, error }
          const mark = output.colour(error === null ? "green" : "red", error === null ? "✓" : "✗")
          const answer = `${String(status ?? "---")} ${`${String(durationMs)} ms`.padStart(8)}`
          output.result(
            { ...record, bookmark: error === null ? bookmark : null },
            `${mark} ${answer}  ${eventLine(event)}`,
          )
          if (error !== null)
            output.note(
              waitMs === null ? `  ${error}` : `  ${error} Again in ${String(waitMs / 1_000)} s; nothing goes past it.`,
            )
        },
      })
      if (result === "interrupted") break
      if (result === "skipped") {
        skipped++
        output.note("  Left behind. To have it again: listen --from with an event before it, or `events get`.")
      }
    }
    lastEventId = event.id
    file.save({ bookmark, lastEventId })
  }
  output.note(signal.aborted ? "Stopped; the next run goes on here." : "That was everything.")
  return skipped === 0 ? exitCodes.done : exitCodes.failed
}

const forwardUrlOf = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url.href
  throw new CliError("--forward: must be an http or https address, like http://localhost:3000/hook.", exitCodes.usage)
}

const secretBytesOf = (secret: string): Uint8Array => {
  try {
    return parseSecret(secret)
  } catch (error) {
    throw new CliError(`--secret: ${error instanceof Error ? error.message : "cannot be used."}`, exitCodes.usage)
  }
}

interface Begin {
  /** In words. */
  from: string
  state: ListenState
}

/**
 * Where to begin. A place of an earlier run is held against the deployment: one that does not know the last event has removed it, or is
 * another at the same address (a data directory that was deleted), in whose logs the place would stand before events that nobody has
 * seen. Then everything that is kept comes, rather than that something is missed.
 */
const placeOf = async (
  from: string | undefined,
  file: StateFile,
  { client, signal, output }: Deployed,
): Promise<Begin> => {
  if (from === undefined) {
    const saved = file.load()
    if (saved !== null) {
      if (saved.lastEventId === null || (await isKnown(saved.lastEventId, client, signal)))
        return { from: "where the last run stopped", state: saved }
      output.note(
        "The deployment does not know the last event of the run before: it was removed since, or this is another deployment. Everything that is kept comes; skip by id what you have.",
      )
      return { from: "start", state: { bookmark: "start", lastEventId: null } }
    }
  }
  if (from !== undefined && from !== "now") {
    // Asked before it is written down: a slip of the pen must not take the place of a good one.
    await client.events.catchUp({ after: from, pageSize: 1, signal }).next()
    return { from: from === "start" ? from : "the place named", state: { bookmark: from, lastEventId: null } }
  }
  const newest = (await client.events.list({ limit: 1 }, { signal }).page()).data[0]?.id ?? null
  // Written down before anything comes: a run that dies at once has missed nothing.
  return { from: "now", state: { bookmark: await client.events.now({ signal }), lastEventId: newest } }
}

const isKnown = async (eventId: string, client: Client, signal: AbortSignal): Promise<boolean> => {
  try {
    await client.events.get(eventId, { signal })
    return true
  } catch (error) {
    if (error instanceof PosthornError && error.code === "not_found") return false
    throw error
  }
}
