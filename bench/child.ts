import { fork } from "node:child_process"
import { once } from "node:events"
import path from "node:path"

/** A process of its own for one side of a measurement: what it costs is its alone. */
export interface Child {
  send(message: unknown): void
  /** The next thing that it says. Rejects when it ends before, or says nothing for long. */
  next<Said>(): Promise<Said>
  /** What `work` answers, unless this process ends first: then it rejects. */
  whileAlive<Answer>(work: Promise<Answer>): Promise<Answer>
  /** Resolves when it has ended by itself; a profile (`--cpu-prof`) is written then. */
  end(): Promise<void>
  stop(): Promise<void>
}

const NEXT_MS = 180_000

/** Starts a file of this folder; it finds its input by `inputOf`. Node's own flags (`--expose-gc`, `--cpu-prof`) go with it. */
export const startChild = (file: string, input: unknown): Child => {
  const child = fork(path.join(import.meta.dirname, file), [JSON.stringify(input)])
  const said: unknown[] = []
  const waiting: ((message: unknown) => void)[] = []
  child.on("message", (message) => {
    const take = waiting.shift()
    if (take === undefined) said.push(message)
    else take(message)
  })
  let isStopped = false
  const ended = once(child, "exit").then(([code]) => {
    if (!isStopped && code !== 0) throw new Error(`${file} ended early, with exit code ${String(code)}`)
  })
  // Heard by those who wait; that nobody does is no fault.
  ended.catch(() => {})
  const whileAlive = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
    const early = ended.then((): never => {
      throw new Error(`${file} ended before its work did`)
    })
    return Promise.race([work, early])
  }

  return {
    send: (message) => void child.send(message as object),
    whileAlive,
    next: async <Said>(): Promise<Said> => {
      if (said.length > 0) return said.shift() as Said
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => late.reject(new Error(`${file} said nothing for ${NEXT_MS} ms`)), NEXT_MS)
      const message = new Promise((resolve) => waiting.push(resolve))
      try {
        return (await whileAlive(Promise.race([message, late.promise]))) as Said
      } finally {
        clearTimeout(timer)
      }
    },
    end: () => ended,
    stop: async () => {
      isStopped = true
      child.kill()
      await ended.catch(() => {})
    },
  }
}

/** In the child: what it was started with. Its type is between the two files. */
export const inputOf = (): unknown => JSON.parse(process.argv[2] ?? "null")

/** In the child: says something to who started it, and resolves when it is out. */
export const say = (message: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    if (process.send === undefined) throw new Error("this file is started by bench.ts")
    process.send(message, (error: Error | null) => {
      if (error === null) resolve()
      else reject(error)
    })
  })

/** In the child: processor time in ms since it was told to `mark`. Other processes hardly change it, unlike the clock's. */
export const cpuMeter = (): (() => number) => {
  let from = process.cpuUsage()
  process.on("message", (message) => {
    if (message === "mark") from = process.cpuUsage()
  })
  return () => {
    const { user, system } = process.cpuUsage(from)
    return (user + system) / 1_000
  }
}
