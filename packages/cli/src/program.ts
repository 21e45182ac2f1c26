import { Command } from "commander"

import { accounts } from "./commands/accounts.ts"
import { deliveries } from "./commands/deliveries.ts"
import { doctor } from "./commands/doctor.ts"
import { endpoints } from "./commands/endpoints.ts"
import { events } from "./commands/events.ts"
import { jobs } from "./commands/jobs.ts"
import { listen } from "./commands/listen.ts"
import { replay } from "./commands/replay.ts"
import { trigger } from "./commands/trigger.ts"
import { VERSION } from "./version.ts"

const about = `Posthorn at the command line: asks your own deployment and nothing else.

The deployment is --url or POSTHORN_URL, the key POSTHORN_KEY or POSTHORN_ADMIN_KEY.`

const ends = `
Ends with 0 when done, 1 when it came out badly, 2 for a command line that cannot be used, 3 when the
deployment cannot be reached, 4 when it refuses, 130 after Ctrl-C.

Example:
  posthorn listen --forward http://localhost:3000/hook`

/** All commands. Made anew for each run: commander keeps what it parsed. */
export const createProgram = (): Command => {
  const program = new Command("posthorn")
    .description(about)
    .version(VERSION)
    .addHelpText("after", ends)
    .helpCommand(true)
    .configureHelp({ sortSubcommands: false })
  for (const made of [listen, doctor, events, endpoints, deliveries, replay, trigger, accounts, jobs])
    program.addCommand(made())
  return program
}

/** Each command that does something, with the words that call it. */
export const leaves = (command: Command, words: string[] = []): { words: string[]; command: Command }[] => {
  const named = [...words, command.name()]
  const inner = command.commands.filter((each) => each.name() !== "help")
  return inner.length === 0 ? [{ words: named, command }] : inner.flatMap((each) => leaves(each, named))
}

const HELP_WIDTH = 100

/** What `--help` says, without colours and in one width: for the docs. */
export const helpOf = (command: Command): string => {
  let text = ""
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => HELP_WIDTH,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text
}
