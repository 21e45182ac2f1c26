import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import path from "node:path"

export const ROOT = path.resolve(import.meta.dirname, "../..")
/** What stands behind `npm start`. */
export const NPM_START = (
  JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { scripts: { start: string } }
).scripts.start

export interface End {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A process of the test's own, in a group of its own, as a terminal would start it. */
export interface Running {
  pid: number
  out: () => string
  err: () => string
  end: () => End | null
  ended: (withinMs?: number) => Promise<End>
  /** The first match in what it has written to standard output. */
  says: (pattern: RegExp, withinMs?: number) => Promise<RegExpExecArray>
  /** To this process alone. */
  kill: (signal: NodeJS.Signals) => void
  /** To all of its group, as a terminal's Ctrl-C. */
  killAll: (signal: NodeJS.Signals) => void
}

const WITHIN_MS = 20_000

/** Starts a program. It gets PATH and HOME, and no setting of whoever runs the tests. */
export const run = (command: readonly string[], env: Record<string, string> = {}): Running => {
  const [program = "", ...args] = command
  const { PATH = "", HOME = "" } = process.env
  const child: ChildProcess = spawn(program, args, {
    cwd: ROOT,
    detached: true,
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const pid = child.pid ?? 0
  let [out, err] = ["", ""]
  let end: End | null = null
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text))
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text))
  child.once("close", (code, signal) => (end = { code, signal }))

  const running: Running = {
    pid,
    out: () => out,
    err: () => err,
    end: () => end,
    ended: async (withinMs = WITHIN_MS) => {
      await until(() => end !== null, `the end of ${command.join(" ")}`, withinMs)
      return end!
    },
    says: async (pattern, withinMs = WITHIN_MS) => {
      const what = `${pattern.source} from ${command.join(" ")}`
      await until(() => pattern.test(out) || end !== null, what, withinMs)
      const match = pattern.exec(out)
      if (match === null) throw new Error(`${what} did not come before its end (${JSON.stringify(end)}):\n${out}${err}`)
      return match
    },
    kill: (signal) => void process.kill(pid, signal),
    killAll: (signal) => {
      try {
        process.kill(-pid, signal)
      } catch {
        // All of the group has ended.
      }
    },
  }
  started.add(running)
  return running
}

const started = new Set<Running>()

/** For afterEach: nothing that a test started outlives it. */
export const endAll = async (): Promise<void> => {
  for (const each of started) {
    each.killAll("SIGKILL")
    await each.ended()
  }
  started.clear()
}

/** The one process that this one has started: for a launcher, the program itself. */
export const childOf = (pid: number): number => {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
  const children = pairs.filter(([, parent]) => parent === pid).map(([child]) => child)
  if (children.length !== 1) throw new Error(`${pid} has ${children.length} children`)
  return children[0]!
}

/** Waits for a fact, bounded. */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string),
  withinMs = WITHIN_MS,
): Promise<void> => {
  const deadline = Date.now() + withinMs
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(`waited ${withinMs} ms in vain for ${typeof what === "string" ? what : what()}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

const LOOK_EVERY_MS = 10
