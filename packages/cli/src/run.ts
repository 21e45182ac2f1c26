import { Command, CommanderError } from "commander"

import { type ExitCode, exitCodes } from "./exit.ts"
import { createProgram } from "./program.ts"
import { sayError } from "./say-error.ts"
import { jsonText } from "./text.ts"

/** Runs the command that the arguments name; answers what the process is to end with. */
export const run = async (args: string[]): Promise<ExitCode> => {
  const program = createProgram()
  const isJson = args.includes("--json")
  let flags: string[] = []
  program.hook("preAction", (_, command) => {
    flags = command.options.flatMap(({ long }) => long ?? [])
  })
  everyCommand(program, (command) => {
    command.exitOverride().showHelpAfterError(isJson ? false : "Add --help to see what there is.")
    // Said below, as an object.
    if (isJson) command.configureOutput({ outputError: () => undefined })
  })
  // A reader that has had enough (`| head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.done)
    throw error
  })
  try {
    await program.parseAsync(args, { from: "user" })
    return (process.exitCode as ExitCode | undefined) ?? exitCodes.done
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done
    if (error instanceof CommanderError && !isJson) return exitCodes.usage
    const { exitCode, text, record } = sayError(error, flags)
    if (isJson) process.stderr.write(`${jsonText(record)}\n`)
    else if (text !== "") process.stderr.write(`${text}\n`)
    return exitCode
  }
}

const everyCommand = (command: Command, act: (command: Command) => void): void => {
  act(command)
  for (const inner of command.commands) everyCommand(inner, act)
}
