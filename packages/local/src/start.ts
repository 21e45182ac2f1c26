// `npm start`: settings, data directory, simulator if there is no key, then the runtime. Every failure that a person can mend
// ends in one sentence.
import { rmSync } from "node:fs"
import path from "node:path"

import { messageOf } from "@posthorn/core/error"
import { SettingsError, toSettings } from "@posthorn/core/settings"
import { UpstreamError } from "@posthorn/core/upstream/thread"
import { createSimulator } from "@posthorn/simulator/simulator"

import { banner } from "./banner.ts"
import { openDirectory } from "./directory.ts"
import { createLogger } from "./logger.ts"
import { createRuntime } from "./runtime.ts"
import { StartError } from "./start-error.ts"

const PEOPLE_EVERY_MS = 3_000

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const start = async (): Promise<void> => {
  const settings = toSettings(process.env)
  const simulated = settings.upstream === "simulator"
  const directory = openDirectory(
    // A directory of its own: invented people must never reach a real CRM.
    simulated ? path.join(settings.dataDir, "simulator") : settings.dataDir,
    simulated ? "simulator" : settings.connectsafelyBaseUrl,
    settings,
  )
  const simulator = simulated ? createSimulator({ history: true, accounts: 1 }) : null
  const upstream =
    simulator === null
      ? { baseUrl: settings.connectsafelyBaseUrl, apiKey: settings.connectsafelyApiKey ?? "" }
      : { baseUrl: (await simulator.listen()).url, apiKey: "simulator" }
  const logger = createLogger(settings.logLevel)
  const runtime = await createRuntime({
    settings,
    path: directory.file,
    upstream,
    adminKey: directory.adminKey,
    encryptionKeys: directory.encryptionKeys,
    logger,
    say,
  }).catch((error: unknown) => {
    throw listenError(error, settings.port)
  })
  /** What holds nothing of an upstream yet is not its own: the address may have been mistyped, and the right one is to find it free. */
  const disownIfEmpty = async (): Promise<void> => {
    const isEmpty = (await runtime.store.listAccounts()).length === 0
    if (isEmpty) rmSync(path.join(directory.path, "posthorn.json"), { force: true })
  }
  // From here on there is something to end: before the banner, since whoever reads it may act at once.
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    // A second Ctrl-C means it. A second SIGTERM does not: a service manager sends it to us and to our launcher, which passes it on.
    if (stopping && signal === "SIGINT") process.exit(130)
    if (stopping) return
    stopping = true
    simulator?.stopPeople()
    void disownIfEmpty()
      .then(() => runtime.stop())
      .then(() => simulator?.close())
      .then(() => directory.close())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        console.error(`Posthorn could not stop cleanly: ${messageOf(error)}`)
        process.exit(1)
      })
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop)
  const isStopping = (): boolean => stopping

  const known = (await runtime.store.listAccounts()).length
  // Upstream may take its time, or be away: what was found before does not wait for it.
  if (!simulated && known > 0) runtime.start()
  const warning = await runtime.discover().then(
    () => null,
    async (error: unknown) => {
      if (!(error instanceof UpstreamError)) throw error
      const sentence = upstreamSentence(error, settings.connectsafelyBaseUrl)
      if (known > 0 || isStopping()) return `${sentence} It is asked again and again.`
      await disownIfEmpty()
      throw new StartError(sentence)
    },
  )
  if (isStopping()) return
  if (simulated) await runtime.registerDemo()
  say(
    banner({
      url: runtime.url,
      signInCode: runtime.signInCode,
      settings,
      accounts: (await runtime.store.listAccounts()).filter(({ id }) => settings.accountIds?.includes(id) !== false),
      adminKey: directory.adminKey,
      // Also when it was made in a start that ended before this line.
      showAdminKey: settings.adminKey === null && (directory.madeAdminKey || known === 0),
      keyFile: settings.adminKey === null ? path.join(directory.path, "secrets.json") : null,
      warning,
    }),
  )
  if (simulated || known === 0) runtime.start()
  simulator?.startPeople({ everyMs: PEOPLE_EVERY_MS })
}

const listenError = (error: unknown, port: number): unknown => {
  const code = (error as NodeJS.ErrnoException).code
  if (code === "EADDRINUSE")
    return new StartError(`Port ${port} is in use: stop what listens there, or set PORT to another one.`)
  if (code === "EACCES")
    return new StartError(`Port ${port} may not be opened by this user: set PORT to one above 1023.`)
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return new StartError("POSTHORN_HOST is not an address of this machine: leave it out for 127.0.0.1.")
  return error
}

const upstreamSentence = (error: UpstreamError, baseUrl: string): string => {
  const host = new URL(baseUrl).host
  if (error.kind === "unauthorized")
    return "ConnectSafely does not accept the key in CONNECTSAFELY_API_KEY: copy it again from connectsafely.ai/api-key, or leave it out to try the simulator."
  if (error.kind === "unreachable" || error.kind === "timeout")
    return `ConnectSafely cannot be reached at ${host}: check the network and CONNECTSAFELY_BASE_URL, then start again. (${error.message})`
  return `ConnectSafely at ${host} did not list the accounts: ${error.message}`
}

start().catch((error: unknown) => {
  if (error instanceof SettingsError || error instanceof StartError) console.error(error.message)
  else console.error(`Posthorn could not start: ${messageOf(error)}`)
  process.exit(1)
})
