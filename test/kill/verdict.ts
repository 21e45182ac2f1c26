import { readFileSync } from "node:fs"

import type { Received } from "./receiver.ts"

interface Envelope {
  id: string
  type: string
  data: {
    account: { id: string }
    conversation: { id: string }
    message?: { id: string; direction: string }
    sequence?: number
  }
}

/** An event as the receiver took it. */
export interface Taken {
  id: string
  type: string
  /** Account and message; null for events that are about no message. */
  key: string | null
  /** Account, conversation and type: what is numbered by itself. */
  series: string
  sequence: number
}

const linesOf = (file: string): Received[] =>
  readFileSync(file, "utf8")
    .split("\n")
    // Behind the last line break: nothing, or a line that is still being written.
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Received)

/** All that stands in the receiver's file. */
export const readReceived = (file: string) => {
  const lines = linesOf(file)
  const taken = lines.map(({ id, body }): Taken => {
    const { type, data } = JSON.parse(body) as Envelope
    const { account, conversation, message, sequence = 0 } = data
    return {
      id,
      type,
      key: message === undefined ? null : `${account.id} ${message.id}`,
      series: `${account.id} ${conversation.id} ${type}`,
      sequence,
    }
  })
  const requests = Map.groupBy(lines, ({ id }) => id)
  return {
    taken,
    keys: new Set(taken.map(({ key }) => key)),
    requests: (eventId: string): number => requests.get(eventId)?.length ?? 0,
    /** Events that were taken more than once. */
    repeated: [...Map.groupBy(taken, ({ id }) => id).values()].filter(({ length }) => length > 1).length,
    /** Events whose requests had different bodies. */
    altered: [...requests.values()].filter((same) => new Set(same.map(({ body }) => body)).size > 1).length,
  }
}

/** Series that are not 1, 2, 3 …, each number on one event. */
export const brokenSeries = (taken: Taken[]): string[] => {
  const series = Map.groupBy(
    taken.filter(({ key }) => key !== null),
    (each) => each.series,
  )
  return [...series].flatMap(([name, events]) => {
    const byId = new Map(events.map(({ id, sequence }) => [id, sequence]))
    const sequences = [...byId.values()].sort((a, b) => a - b)
    return sequences.every((sequence, index) => sequence === index + 1) ? [] : [`${name}: ${sequences.join(" ")}`]
  })
}
