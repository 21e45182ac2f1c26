import { randomBytes } from "node:crypto"

import { newSecret, parseSecret } from "@posthorn/core/delivery/sign"
import { type Command, Option } from "commander"

import { type Deployed, deployed, type DeploymentOptions } from "../deployed.ts"
import { CliError, type ExitCode, exitCodes } from "../exit.ts"
import { followEvents } from "../follow-events.ts"
import { beginOf } from "../listen/begin.ts"
import { forward } from "../listen/forward.ts"
import { takeLock } from "../listen/lock.ts"
import { defaultPlace, neighboursOf, targetOf } from "../listen/places.ts"
import { selectionOf } from "../listen/selection.ts"
import { type ListenState, type Owner, settlePath, writeState } from "../listen/state.ts"
import { createTell } from "../listen/tell.ts"
import { parseCount } from "../parse.ts"
import { collectTypes, typeFilter } from "../type-filter.ts"
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

Nothing goes past an event that the receiver did not take: it is sent again, after 1 s, then at longer intervals up to 30 s. How far it came is written down after each event; the next run goes on there, also after a kill -9. One run at a time may be at a place. At least once: an event whose answer was not written down comes again, with the same webhook-id.`

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
          "POSTHORN_SECRET",
        ),
        new Option(
          "--from <place>",
          "start, now, a bookmark, an event's id or the file of a place; when left out, where the last run stopped, or now",
        ),
        new Option("--type <types>", "forward these only; `message.*` is all that begin so").argParser(collectTypes),
        new Option(
          "--state <file>",
          "where it is written down how far it came; when left out, a file per deployment, receiver and --type",
        ),
        new Option("--skip-failed", "give up on an event after 3 tries, and go on"),
        new Option("--once", "end when there is nothing more"),
        new Option("--every <seconds>", "how often to ask the deployment").default(2).argParser(parseCount(1, 3_600)),
      ],
    },
    run,
  )

const run = async (deployment: Deployed, options: ListenOptions): Promise<ExitCode> => {
  const url = forwardUrlOf(options.forward)
  const secret = options.secret ?? newSecret(randomBytes)
  const keys = { secret, secretBytes: secretBytesOf(secret) }
  const owner = { target: targetOf(new URL(options.url).href, url), types: selectionOf(options.type) }
  const file = settlePath(options.state ?? defaultPlace(owner))
  const lock = takeLock(file)
  try {
    return await listenAt({ file, owner, url, ...keys }, deployment, options)
  } finally {
    lock.release()
  }
}

interface Listening {
  file: string
  owner: Owner
  /** The receiver. */
  url: string
  secret: string
  secretBytes: Uint8Array
}

const listenAt = async (
  { file, owner, url, secret, secretBytes }: Listening,
  deployment: Deployed,
  options: ListenOptions,
): Promise<ExitCode> => {
  const { client, output, signal } = deployment
  const { deployment: asked } = await client.me({ signal })
  const neighbours = () => (options.state === undefined ? neighboursOf(owner) : [])
  const begin = await beginOf({ file, owner, from: options.from, neighbours }, deployment)
  const save = (state: ListenState): void => writeState(file, owner, state)
  save(begin.state)

  const isSecretMade = options.secret === undefined
  const { types } = owner
  const where = { deployment: options.url, forward: hostOf(url), types, from: begin.from, state: file }
  output.result(
    { listening: { ...where, secret: isSecretMade ? secret : null } },
    [
      `Listening to ${asked.name}/${asked.stage} at ${options.url}, forwarding to ${hostOf(url)}`,
      `From     ${begin.from}`,
      ...(options.type === undefined ? [] : [`Types    ${types.join(", ")}`]),
      ...(isSecretMade ? [`Secret   ${secret}   (for this run; bring your own with --secret or POSTHORN_SECRET)`] : []),
    ].join("\n"),
  )

  const isWanted = typeFilter(types)
  const tell = createTell(output, { isSecretMade })
  const skipFailed = options.skipFailed ?? false
  let { lastEventId } = begin.state
  const events = followEvents(
    {
      after: begin.state.bookmark,
      everyMs: options.every * 1_000,
      once: options.once ?? false,
      onCaughtUp: (bookmark) => save({ bookmark, lastEventId }),
    },
    { client, signal, note: output.note },
  )
  let skipped = 0
  for await (const caught of events) {
    const { event, bookmark } = caught
    if (isWanted(event.type)) {
      const result = await forward(event, { url, secret: secretBytes, skipFailed, signal, onTry: tell(caught) })
      if (result === "interrupted") break
      if (result === "skipped") {
        skipped++
        output.note("  Left behind. To have it again: listen --from with an event before it, or `events get`.")
      }
    }
    lastEventId = event.id
    save({ bookmark, lastEventId })
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
