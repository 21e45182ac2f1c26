import { describe, expect, it } from "vitest"

import type { DeliverMessage } from "../delivery.ts"
import type { EndpointRow } from "../endpoint.ts"
import type { Event } from "../event.ts"
import type { BusEntry, Message } from "../ports.ts"
import { fanout } from "./fanout.ts"

const endpoint = (id: string, eventTypes: string[]) =>
  ({ id, eventTypes, filter: null, disabledReason: null }) as unknown as EndpointRow
const entry = (backfill: boolean): BusEntry => {
  const event = { id: "evt_1", type: "message.received", timestamp: "", data: { backfill } } as unknown as Event
  return { log: "a", position: 1, event }
}

const targets = async (of: BusEntry, only: string[] | undefined): Promise<{ sentTo: string[]; reads: number }> => {
  const sent: Message<DeliverMessage>[] = []
  let reads = 0
  await fanout(of, {
    clock: { now: () => 0, sleep: async () => {} },
    queue: { send: async (messages) => (sent.push(...messages), messages.map(() => null)) },
    store: {
      listEndpoints: async () => [
        endpoint("ep_a", ["message.received"]),
        endpoint("ep_b", ["*"]),
        endpoint("ep_c", ["message.sent"]),
      ],
      getEvent: async (log, position) => {
        reads++
        const row = {
          ...of,
          log,
          position,
          seenAt: 0,
          conversationId: null,
          sequence: 1,
          previous: null,
          forgotten: false,
        }
        return only === undefined ? row : { ...row, only }
      },
    },
  })
  return { sentTo: sent.map(({ body }) => body.endpointId), reads }
}

describe("the events of a backfill", () => {
  it("go to the endpoints that it was asked for, if these want them", async () => {
    expect((await targets(entry(true), ["ep_b", "ep_c"])).sentTo).toEqual(["ep_b"])
  })

  it("go to all that want them where it named none", async () => {
    expect((await targets(entry(true), undefined)).sentTo).toEqual(["ep_a", "ep_b"])
  })

  it("cost a read of the log, which live events do not", async () => {
    expect(await targets(entry(false), undefined)).toEqual({ sentTo: ["ep_a", "ep_b"], reads: 0 })
  })
})
