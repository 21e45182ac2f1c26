import type { DeliverMessage, DeliveryMessage } from "@posthorn/core/delivery"
import type { Message, Queue, Verdict } from "@posthorn/core/ports"
import type { Dice } from "./dice.ts"

/** Longer than a claim: a message whose worker died comes back after the claim has ended. */
const VISIBILITY_MS = 90_000
/** Handed out so often without a verdict, a message goes to the dead letters, where nobody looks. */
const RECEIVES_MAX = 10

export interface QueuedMessage {
  id: number
  body: DeliveryMessage
  at: number
  receives: number
}

/** SQS: hands out at least once, sometimes twice, in no order, and refuses some. */
export class QueueModel {
  readonly messages = new Map<number, QueuedMessage>()
  refusals = 0.03
  repeats = 0.1
  dead = 0
  readonly #dice: Dice
  readonly #now: () => number
  #next = 0

  constructor(dice: Dice, now: () => number) {
    this.#dice = dice
    this.#now = now
  }

  client(): Queue<DeliveryMessage> {
    return {
      send: async (messages: Message<DeliveryMessage>[]) =>
        messages.map(({ body, notBefore }) => {
          if (this.#dice.chance(this.refusals)) return "throttled"
          const id = ++this.#next
          this.messages.set(id, { id, body, at: notBefore, receives: 0 })
          return null
        }),
    }
  }

  receive(): QueuedMessage | null {
    const now = this.#now()
    const visible = [...this.messages.values()].filter(({ at }) => at <= now)
    if (visible.length === 0) return null
    const message = this.#dice.pick(visible)
    if (++message.receives > RECEIVES_MAX) {
      this.messages.delete(message.id)
      this.dead++
      return null
    }
    message.at = now + (this.#dice.chance(this.repeats) ? 1 : VISIBILITY_MS)
    return message
  }

  settle(id: number, verdict: Verdict): void {
    const message = this.messages.get(id)
    if (message === undefined) return
    if (verdict.kind === "delete") this.messages.delete(id)
    else message.at = verdict.at
  }

  holds({ eventId, endpointId }: Pick<DeliverMessage, "eventId" | "endpointId">): boolean {
    return [...this.messages.values()].some(
      ({ body }) => "eventId" in body && body.eventId === eventId && body.endpointId === endpointId,
    )
  }
}
