import type { Clock } from "@posthorn/core/ports"
import { dice, type Dice } from "./dice.ts"

/** One invocation (a poll, a delivery, a sweep): what dies, dies whole. */
export interface Process {
  name: string
  /** False for the operator's and upstream's own doings, which are not under test. */
  crashable: boolean
  startedAt: number
  /** When whatever runs it kills it, at the latest. */
  until: number
  state: "running" | "done" | "failed" | "killed"
  error: unknown
}

interface Step {
  process: Process
  label: string
  run: () => Promise<void>
}

interface Sleeper {
  process: Process
  at: number
  wake: () => void
}

export interface Chances {
  /** That a process dies at a step: half of them before it, half after its effect. */
  crash: number
  /** That a step fails with an exception: before its effect, or after it (what happened is not known). */
  fail: number
  /** That the answer comes as a step of its own, with others in between. */
  late: number
  /** Longest that a step takes, in ms. */
  pace: number
  /** That a step takes far longer. */
  stall: number
}

export const CALM: Chances = { crash: 0, fail: 0, late: 0, pace: 5, stall: 0 }

/** A port that did not answer. Nobody may take it for "no". */
export class PortDown extends Error {
  override name = "PortDown"
}

/** A stall outlives a claim, or only a tick. */
const STALLS_MS = [90_000, 8_000] as const

/**
 * Every call of a port is one step. The seed chooses which pending step is next, how long it takes, and whether the process dies
 * before it or after it: a crash is a promise that never settles, since a kill runs neither `catch` nor `finally`.
 */
export class World {
  readonly dice: Dice
  readonly trace: string[] = []
  readonly counts = { steps: 0, crashes: 0, failures: 0, processes: 0 }
  /** Errors that nothing planned. */
  readonly surprises: string[] = []
  chances: Chances
  now: number
  #steps: Step[] = []
  #sleepers: Sleeper[] = []
  readonly #tracing: boolean

  constructor(seed: string, { now, chances, tracing }: { now: number; chances: Chances; tracing: boolean }) {
    this.dice = dice(seed)
    this.now = now
    this.chances = chances
    this.#tracing = tracing
  }

  note(line: string): void {
    if (this.#tracing) this.trace.push(`${((this.now % 1e8) / 1000).toFixed(3)} ${line}`)
  }

  /** Starts a process. What it throws ends it, as it would end a function's invocation. */
  spawn(
    name: string,
    run: (process: Process) => Promise<unknown>,
    { crashable = true, lifetime = Infinity }: { crashable?: boolean; lifetime?: number } = {},
  ): Process {
    const process: Process = {
      name: `${name}#${++this.counts.processes}`,
      crashable,
      startedAt: this.now,
      until: this.now + lifetime,
      state: "running",
      error: null,
    }
    this.note(`${process.name} starts`)
    run(process).then(
      () => this.#end(process, "done", null),
      (error: unknown) => this.#end(process, "failed", error),
    )
    return process
  }

  #end(process: Process, state: "done" | "failed", error: unknown): void {
    if (process.state === "killed") return
    process.state = state
    process.error = error
    this.note(`${process.name} ${state}${error instanceof Error ? ` ${error.message}` : ""}`)
    const planned =
      error instanceof PortDown || (error instanceof Error && /stayed busy|queue refused/.test(error.message))
    if (state === "failed" && !planned)
      this.surprises.push(`${process.name}: ${error instanceof Error ? String(error.stack) : String(error)}`)
  }

  /** One effect on the outside world, at a moment of the seed's choosing. */
  step<Value>(process: Process, label: string, effect: () => Value | Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const run = async (): Promise<void> => {
        const die = process.crashable && this.dice.chance(this.chances.crash)
        const fail = process.crashable && !die && this.dice.chance(this.chances.fail)
        const first = this.dice.chance(0.5)
        if ((die || fail) && first) {
          this.#strike(process, label, die, "before", reject)
          return
        }
        let answer: () => void
        try {
          const value = await effect()
          this.note(`${process.name} ${label} -> ${this.#tracing ? show(value) : ""}`)
          answer = () => resolve(value)
        } catch (error) {
          this.note(`${process.name} ${label} threw ${error instanceof Error ? error.message : String(error)}`)
          const failure = error instanceof Error ? error : new Error(String(error))
          answer = () => reject(failure)
        }
        if (die || fail) {
          this.#strike(process, label, die, "after", reject)
          return
        }
        if (!this.dice.chance(this.chances.late)) {
          answer()
          return
        }
        this.#steps.push({ process, label: `${label} answers`, run: async () => answer() })
      }
      if (process.state === "running") this.#steps.push({ process, label, run })
    })
  }

  #strike(process: Process, label: string, die: boolean, when: string, reject: (error: Error) => void): void {
    this.note(`${process.name} ${die ? "DIES" : "FAILS"} ${when} ${label}`)
    if (die) this.kill(process)
    else {
      this.counts.failures++
      reject(new PortDown(`${label} did not answer`))
    }
  }

  kill(process: Process): void {
    process.state = "killed"
    this.counts.crashes++
    this.#steps = this.#steps.filter((step) => step.process !== process)
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.process !== process)
  }

  clockOf(process: Process): Clock {
    return {
      now: () => this.now,
      sleep: (ms) =>
        new Promise((resolve) => {
          if (process.state === "running") this.#sleepers.push({ process, at: this.now + Math.ceil(ms), wake: resolve })
        }),
    }
  }

  get idle(): boolean {
    return this.#steps.length === 0 && this.#sleepers.length === 0
  }

  /** Runs one step, or wakes whoever sleeps; false when there is neither. */
  async advance(): Promise<boolean> {
    await settled()
    const due = this.#sleepers.filter((sleeper) => sleeper.at <= this.now)
    if (due.length > 0) {
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.at > this.now)
      for (const sleeper of due) sleeper.wake()
      await settled()
    }
    if (this.#steps.length === 0) {
      const next = Math.min(...this.#sleepers.map((sleeper) => sleeper.at))
      if (next === Infinity) return false
      this.now = Math.max(this.now, next)
      return true
    }
    const [step] = this.#steps.splice(this.dice.int(this.#steps.length), 1)
    const { pace, stall } = this.chances
    this.now += this.dice.chance(stall) ? this.dice.int(this.dice.pick(STALLS_MS)) : this.dice.int(pace + 1)
    this.counts.steps++
    if (step !== undefined && step.process.until < this.now) {
      this.note(`${step.process.name} is STOPPED, its time is over`)
      this.kill(step.process)
    } else await step?.run()
    return true
  }

  /** Until nobody has anything left to do. */
  async settle(stepsMax = 20_000): Promise<void> {
    for (let steps = 0; await this.advance(); steps++)
      if (steps > stepsMax) throw new Error(`the run did not come to rest in ${stepsMax} steps`)
  }
}

/** All promises that can go on without a step have gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const show = (value: unknown): string => {
  const text = value === undefined ? "" : JSON.stringify(value)
  return text.length > 160 ? `${text.slice(0, 160)}…` : text
}
