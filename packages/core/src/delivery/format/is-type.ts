import type { Event, EventType } from "../../event.ts"

/** Whether the event is of one of these types, so that its data can be read as theirs. */
export const isType = <T extends EventType>(event: Event, ...types: T[]): event is Event<T> =>
  types.some((type) => type === event.type)

export const isMessage = (
  event: Event,
): event is Event<"message.received" | "message.sent" | "message.unattributed" | "message.updated"> =>
  isType(event, "message.received", "message.sent", "message.unattributed", "message.updated")
