import { type ChildProcess, fork } from "node:child_process"
import path from "node:path"
import { pathToFileURL } from "node:url"

export interface Lambda {
  /** The handler's answer; rejects with what it threw, or with `died` where its process ended first. */
  invoke(event: unknown, aheadMs: number): Promise<unknown>
  /** Ends the process at once, whatever it is at; the next event starts another. */
  kill(): void
}

export interface LambdaOptions {
  file: string
  /** The export that is called. */
  exported: string
  env: Record<string, string>
  onLine: (line: string) => void
  onDone: (ms: number) => void
}

interface Answer {
  id?: string
  ms: number
  result?: unknown
  error?: string
}

/** A bundled handler in a process of its own, with nothing of this process's environment. */
export const createLambda = ({ file, exported, env, onLine, onDone }: LambdaOptions): Lambda => {
  let child: ChildProcess | null = null
  let asked = 0
  const open = new Map<string, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()

  const start = (): ChildProcess => {
    const started = fork(path.join(import.meta.dirname, "lambda-host.mjs"), [pathToFileURL(file).href, exported], {
      env: { PATH: process.env.PATH, TZ: "UTC", ...env },
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    })
    for (const stream of [started.stdout, started.stderr])
      stream?.on("data", (chunk: Buffer) =>
        chunk
          .toString()
          .split("\n")
          .filter((line) => line !== "")
          .forEach(onLine),
      )
    started.on("message", (answer: Answer) => {
      if (answer.id === undefined) return
      const waiting = open.get(answer.id)
      open.delete(answer.id)
      onDone(answer.ms)
      if (answer.error === undefined) waiting?.resolve(answer.result)
      else waiting?.reject(new Error(answer.error))
    })
    started.on("exit", () => {
      if (child === started) child = null
      for (const { reject } of open.values()) reject(new Error("died"))
      open.clear()
    })
    return started
  }

  return {
    invoke: (event, aheadMs) =>
      new Promise((resolve, reject) => {
        asked += 1
        const id = `invocation-${String(asked)}`
        open.set(id, { resolve, reject })
        child ??= start()
        child.send({ id, event, aheadMs })
      }),
    kill: () => {
      child?.kill("SIGKILL")
      child = null
    },
  }
}
