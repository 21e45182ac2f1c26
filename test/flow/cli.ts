import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { run, type Running } from "../kill/process.ts"
import { ADMIN_KEY, type Relay } from "../relay.ts"

export const MAIN = "packages/cli/src/main.ts"
/** A Node that starts reads some fifty files; a machine may be busy. */
export const WITHIN_MS = 60_000

export interface Ended {
  code: number | null
  out: string
  err: string
}

export interface Cli {
  /** What the runs write down. */
  stateHome: string
  /** A command that goes on until it is ended. */
  start: (args: string[], env?: Record<string, string>) => Running
  /** A command that ends by itself. */
  run: (args: string[], env?: Record<string, string>) => Promise<Ended>
  /** The same with `--json`, whose lines must all be JSON. */
  json: <Line = Record<string, unknown>>(
    args: string[],
    env?: Record<string, string>,
  ) => Promise<Ended & { lines: Line[] }>
}

/** The real bin as a process of its own, against a relay. `cleanups` end what it leaves. */
export const cliOf = (relay: Pick<Relay, "runtime"> | null, cleanups: (() => Promise<unknown>)[]): Cli => {
  const stateHome = mkdtempSync(path.join(tmpdir(), "posthorn-cli-"))
  cleanups.push(async () => rmSync(stateHome, { recursive: true, force: true }))
  const settings = {
    XDG_STATE_HOME: stateHome,
    ...(relay === null ? {} : { POSTHORN_URL: relay.runtime.url, POSTHORN_KEY: ADMIN_KEY }),
  }
  const start: Cli["start"] = (args, env = {}) => {
    const running = run([process.execPath, MAIN, ...args], { ...settings, ...env })
    cleanups.push(async () => {
      if (running.end() === null) running.killAll("SIGKILL")
      await running.ended(WITHIN_MS)
    })
    return running
  }
  const finished: Cli["run"] = async (args, env) => {
    const running = start(args, env)
    const { code } = await running.ended(WITHIN_MS)
    return { code, out: running.out(), err: running.err() }
  }
  return {
    stateHome,
    start,
    run: finished,
    json: async <Line>(args: string[], env?: Record<string, string>) => {
      const ended = await finished([...args, "--json"], env)
      return { ...ended, lines: linesOf<Line>(ended.out) }
    },
  }
}

export const linesOf = <Line = Record<string, unknown>>(out: string): Line[] =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)
