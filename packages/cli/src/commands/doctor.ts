import { type Command, Option } from "commander"

import { clientOf, command, type DeploymentOptions, withDeployment } from "../deployed.ts"
import { watchClock } from "../doctor/clock.ts"
import { examine } from "../doctor/examine.ts"
import { fail, type Finding, type Level } from "../doctor/finding.ts"
import { CliError, exitCodes } from "../exit.ts"
import { createOutput, type Output } from "../output.ts"
import { untilInterrupted } from "../signals.ts"

const description = `Looks at the deployment, the key, the clocks, ConnectSafely, the accounts and the endpoints, and says what to do about each thing that is wrong. Ends with 1 when something is.

With CONNECTSAFELY_API_KEY in the environment ConnectSafely is asked directly too, with one or two requests. --ping sends a test event to each enabled endpoint.`

const marks: Record<Level, [string, "green" | "yellow" | "red"]> = {
  ok: ["✓", "green"],
  warn: ["!", "yellow"],
  fail: ["✗", "red"],
}
const CHECK_WIDTH = 10

export const doctor = (): Command =>
  withDeployment(
    command({
      name: "doctor",
      summary: "find out what is wrong, and what to do about it",
      description,
      examples: ["doctor", "doctor --ping", "doctor --json"],
      options: [new Option("--ping", "send a test event to each enabled endpoint and follow it")],
    }),
  ).action(async (options: DeploymentOptions & { ping?: true }) => {
    const output = createOutput(options.json ?? false)
    const clock = watchClock()
    const counts: Record<Level, number> = { ok: 0, warn: 0, fail: 0 }
    const tell = (finding: Finding): void => {
      counts[finding.level]++
      show(finding, output)
    }
    try {
      const client = clientOf(options, clock.fetch)
      const signal = untilInterrupted()
      const deps = { client, clock, url: options.url, ping: options.ping ?? false, signal, now: Date.now }
      for await (const finding of examine(deps)) tell(finding)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      tell(fail("settings", error.message, "Set POSTHORN_URL and POSTHORN_KEY."))
    }
    output.note(`${String(counts.ok)} ok, ${String(counts.warn)} to look at, ${String(counts.fail)} wrong`)
    process.exitCode = counts.fail > 0 ? exitCodes.failed : exitCodes.done
  })

const show = (finding: Finding, output: Output): void => {
  const [mark, colour] = marks[finding.level]
  const head = `${output.colour(colour, mark)} ${finding.check.padEnd(CHECK_WIDTH)}  ${finding.message}`
  const fix = finding.fix === null ? "" : `\n  ${" ".repeat(CHECK_WIDTH)}  → ${finding.fix}`
  output.result(finding, head + fix)
}
