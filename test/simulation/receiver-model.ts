import type { HttpResult, Post } from "@posthorn/core/http"
import type { Dice } from "./dice.ts"
import type { Process, World } from "./world.ts"

/** An attempt's deadline: what has not arrived by then does not arrive. */
const DEADLINE_MS = 15_000

/** `busy` says for how long, `full` does not. */
export type Mood = "up" | "down" | "hanging" | "busy" | "full" | "gone" | "unreachable"
export const moods: readonly Mood[] = [
  "up",
  "up",
  "up",
  "up",
  "down",
  "down",
  "hanging",
  "busy",
  "full",
  "unreachable",
  "gone",
]

export interface Arrival {
  host: string
  eventId: string
  at: number
  ok: boolean
}

/** All subscribers, by host. */
export class ReceiverModel {
  readonly moods = new Map<string, Mood>()
  readonly arrivals: Arrival[] = []
  readonly #dice: Dice

  constructor(dice: Dice) {
    this.#dice = dice
  }

  /** `onDial` hears of each request when it starts. */
  post(world: World, process: Process, onDial: (url: string, eventId: string) => void): Post {
    return async ({ url, headers }) => {
      const { host } = new URL(url)
      const startedAt = world.now
      const eventId = headers["webhook-id"] ?? ""
      onDial(url, eventId)
      if (this.moods.get(host) === "hanging") {
        await world.clockOf(process).sleep(DEADLINE_MS)
        return { ok: false, kind: "timeout", message: "no answer within 15 s" }
      }
      return await world.step(process, `dial ${url} ${eventId}`, () => {
        const late = world.now - startedAt > DEADLINE_MS
        return late ? { ok: false, kind: "timeout", message: "too late" } : this.#answer(host, eventId, world.now)
      })
    }
  }

  #answer(host: string, eventId: string, at: number): HttpResult {
    const mood = this.moods.get(host) ?? "up"
    if (mood === "unreachable") return { ok: false, kind: "connect", message: "refused" }
    this.arrivals.push({ host, eventId, at, ok: mood === "up" })
    const headers: Record<string, string> = mood === "busy" ? { "retry-after": String(this.#dice.between(1, 600)) } : {}
    const status = { up: 200, down: 500, busy: 503, full: 429, gone: 410, hanging: 500 }[mood]
    return { ok: true, answer: { status, headers, body: new Uint8Array(), cut: false } }
  }
}
