import { type Client, createClient, type Fetch } from "@posthorn/sdk"
import { Command, Option } from "commander"

import { CliError, type ExitCode, exitCodes } from "./exit.ts"
import { createOutput, type Output } from "./output.ts"
import { untilInterrupted } from "./signals.ts"
import { VERSION } from "./version.ts"

export const URL_DEFAULT = "http://127.0.0.1:4600"

/** What every command that asks a deployment takes. */
export interface DeploymentOptions {
  url: string
  key?: string
  allowHttp?: true
  json?: true
}

export interface Deployed {
  client: Client
  output: Output
  signal: AbortSignal
}

interface Spec {
  name: string
  /** Its positional arguments, as commander writes them: `<id>`, `[id]`. */
  arguments?: [name: string, description: string][]
  summary: string
  description?: string
  /** Without the `posthorn` in front. */
  examples: string[]
  options?: Option[]
}

/** A command without a deployment: its help, with examples. */
export const command = ({ name, arguments: positional = [], summary, description, examples, options = [] }: Spec) => {
  const made = new Command(name).summary(summary).description(description ?? summary)
  for (const [argument, about] of positional) made.argument(argument, about)
  for (const option of options) made.addOption(option)
  const head = examples.length === 1 ? "Example:" : "Examples:"
  return made.addHelpText("after", `\n${head}\n${examples.map((example) => `  posthorn ${example}`).join("\n")}`)
}

/** A command that asks a deployment: the options that say which, and a client of it handed to the action. */
export const deployed = (
  spec: Spec,
  /** Says by its own type which options it reads: those of `spec` under the names that commander gives them. */
  action: (deployed: Deployed, options: never, ...positional: string[]) => Promise<ExitCode | undefined>,
): Command =>
  withDeployment(command(spec)).action(async (...given: unknown[]) => {
    const options = given.at(-2) as DeploymentOptions
    const client = clientOf(options)
    const positional = given.slice(0, -2) as string[]
    const output = createOutput(options.json ?? false)
    process.exitCode = await action({ client, output, signal: untilInterrupted() }, options as never, ...positional)
  })

export const withDeployment = (made: Command): Command =>
  made
    .addOption(new Option("--url <address>", "the deployment").env("POSTHORN_URL").default(URL_DEFAULT))
    .addOption(
      new Option(
        "--key <key>",
        "a key of it; better in POSTHORN_KEY or POSTHORN_ADMIN_KEY, since others may see arguments",
      ),
    )
    .addOption(new Option("--allow-http", "let the key travel unencrypted to another machine"))
    .addOption(new Option("--json", "one JSON object per line, for programs"))

/** Throws a CliError that says what to write; it never holds the key. */
export const clientOf = (options: DeploymentOptions, fetch?: Fetch): Client => {
  const key = options.key ?? process.env["POSTHORN_KEY"] ?? process.env["POSTHORN_ADMIN_KEY"]
  if (key === undefined || key === "")
    throw new CliError(
      "There is no key: set POSTHORN_KEY to one of the deployment. `npm start` prints the first.",
      exitCodes.usage,
    )
  try {
    const allowHttp = options.allowHttp ?? false
    return createClient({ url: options.url, key, allowHttp, fetch, userAgent: `posthorn-cli/${VERSION}` })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new CliError(`--${error.message.replace("set allowHttp", "pass --allow-http")}.`, exitCodes.usage)
  }
}
