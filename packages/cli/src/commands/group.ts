import { Command } from "commander"

/** A command that is only there for those under it. */
export const group = (name: string, summary: string, commands: Command[]): Command => {
  const made = new Command(name).summary(summary).description(summary)
  for (const inner of commands) made.addCommand(inner)
  const first = commands[0]?.name() ?? ""
  return made.addHelpText("after", `\nExample:\n  posthorn ${name} ${first} --help`)
}
