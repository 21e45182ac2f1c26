import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"

import { until } from "../relay.ts"

/** A program of a recipe, running. */
export interface Program {
  url: string
  /** What it wrote so far, both streams. */
  output: () => string
  stop: () => Promise<void>
  /** As a crash would. */
  kill: () => Promise<void>
}

export const freePort = async (): Promise<number> => {
  const server = createServer()
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

export const temporaryFolder = async (cleanups: (() => Promise<unknown>)[]): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), "posthorn-recipe-"))
  cleanups.push(() => rm(folder, { recursive: true }))
  return folder
}

/** What a suite opens and ends with it, the last first: its `end` is for what `beforeAll` answers. */
export const lifetime = (): { cleanups: (() => Promise<unknown>)[]; end: () => Promise<void> } => {
  const cleanups: (() => Promise<unknown>)[] = []
  const end = async (): Promise<void> => {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
  return { cleanups, end }
}

/** Runs a block of a doc as a person does who has these variables; answers the JSON that it prints. */
export const runShell = async <Answer>(block: string, env: Record<string, string>): Promise<Answer> => {
  const { stdout } = await promisify(execFile)("sh", ["-ec", block], { env: { PATH: process.env.PATH ?? "", ...env } })
  return JSON.parse(stdout) as Answer
}

const OUTPUT_MAX = 100_000

/** Starts a server and waits until it refuses what nobody signed. It gets `PORT` and what is given, and of our environment only PATH and HOME. */
export const startProgram = async (
  [command, ...args]: readonly [string, ...string[]],
  { cwd, env, port }: { cwd: string; env: Record<string, string>; port: number },
): Promise<Program> => {
  const { PATH = "", HOME = "" } = process.env
  const child = spawn(command, args, { cwd, env: { PATH, HOME, ...env, PORT: String(port) }, stdio: "pipe" })
  let output = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-OUTPUT_MAX)))
  const url = `http://127.0.0.1:${port}/`
  const program = { url, output: () => output, stop: () => end(child, "SIGTERM"), kill: () => end(child, "SIGKILL") }
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}: ${output}`)
      const answer = await fetch(url, { method: "POST", body: "{}" }).catch(() => null)
      return answer?.status === 401
    }, `the start of ${command}`)
  } catch (error) {
    await program.kill()
    throw new Error(`${String(error)}\n${output}`, { cause: error })
  }
  return program
}

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, "exit")
}
