import type { WorkDeps } from "@posthorn/core/delivery/work"
import { closedCircuit, gateOf } from "@posthorn/core/endpoint"
import type { LogRow } from "@posthorn/core/log-row"
import type { PollDeps } from "@posthorn/core/poll/deps"
import type { Store } from "@posthorn/core/ports"
import { olderToken, parseOlder } from "@posthorn/core/upstream/older"
import type { ThreadMessage } from "@posthorn/core/upstream/thread"
import { deliveryRun } from "./delivery-run.ts"
import { pollRun } from "./poll-run.ts"
import type { Report, RunOptions } from "./report.ts"

/**
 * Rules of the protocols, each broken by a wrapper around a port. The simulation has to notice every one of them: what finds
 * nothing here is no evidence when it finds nothing in the code.
 *
 * Not here: a worker that lost its claim and deletes the message. Since later claims keep a due entry, nothing is lost by it.
 */
export interface Control {
  name: string
  run: (seed: number, options: RunOptions) => Promise<Report>
  options: Pick<RunOptions, "pollControl" | "deliverControl" | "verdictControl">
}

const inPoll = (name: string, pollControl: (deps: PollDeps) => PollDeps): Control => ({
  name,
  run: pollRun,
  options: { pollControl },
})
const inDelivery = (name: string, deliverControl: (deps: WorkDeps) => WorkDeps): Control => ({
  name,
  run: deliveryRun,
  options: { deliverControl },
})

const withStore = <Deps extends { store: object }>(deps: Deps, change: (store: Store) => Partial<Store>): Deps => {
  const store = deps.store as unknown as Store
  const changed = change(store)
  return {
    ...deps,
    store: new Proxy(store, {
      get: (target, name) => (Reflect.get(changed, name) as unknown) ?? (Reflect.get(target, name) as unknown),
    }),
  }
}

/** Messages as upstream never shows them. */
const withMessages = (deps: PollDeps, change: (message: ThreadMessage) => ThreadMessage): PollDeps => ({
  ...deps,
  upstream: {
    ...deps.upstream,
    readThread: async (request) => {
      const thread = await deps.upstream.readThread(request)
      return { ...thread, messages: thread.messages.map(change) }
    },
  },
})

export const controls: Control[] = [
  inPoll("the checkpoint is written before the events", (deps) => {
    const waiting: LogRow[] = []
    return withStore(deps, (store) => ({
      appendEvent: async (row) => {
        waiting.push(row)
        return true
      },
      putCheckpoint: async (...input) => {
        const put = await store.putCheckpoint(...input)
        for (const row of waiting.splice(0)) await store.appendEvent(row)
        return put
      },
    }))
  }),
  inPoll("an event is published before it is in the log", (deps) =>
    withStore(deps, (store) => ({
      appendEvent: async (row) => {
        await deps.bus.publish([row])
        return await store.appendEvent(row)
      },
    })),
  ),
  inPoll("`published` moves past an entry that the bus refused", (deps) => ({
    ...deps,
    bus: { publish: async (entries) => (await deps.bus.publish(entries)).map(() => null) },
  })),
  inPoll("a position that is taken counts as appended", (deps) =>
    withStore(deps, (store) => ({
      appendEvent: async (row) => {
        await store.appendEvent(row)
        return true
      },
    })),
  ),
  inPoll("a checkpoint that has moved on is not noticed", (deps) =>
    withStore(deps, (store) => ({
      putCheckpoint: async (accountId, checkpoint) => {
        const stored = await store.getCheckpoint(accountId, checkpoint.conversationId)
        return await store.putCheckpoint(accountId, checkpoint, stored?.upto ?? null)
      },
    })),
  ),
  inPoll("the floor is ignored", (deps) =>
    withStore(deps, (store) => ({
      getCheckpoint: async (...input) => {
        const checkpoint = await store.getCheckpoint(...input)
        return checkpoint && { ...checkpoint, floor: 0 }
      },
    })),
  ),
  inPoll("the log is read through an index that trails", (deps) =>
    withStore(deps, (store) => ({
      readLog: async (...input) => (await store.readLog(...input)).slice(0, -1),
    })),
  ),
  inPoll("pages are cut between two messages of one instant", (deps) => ({
    ...deps,
    upstream: {
      ...deps.upstream,
      readThread: (request) => {
        const { window } = request
        if (window.kind === "newest") return deps.upstream.readThread(request)
        const cut =
          window.kind === "newer"
            ? { ...window, from: window.from + 1 }
            : { ...window, than: olderToken({ before: (parseOlder(window.than).before ?? 0) - 1, cursor: null }) ?? "" }
        return deps.upstream.readThread({ ...request, window: cut })
      },
    },
  })),
  inPoll("a message's id is its whole URN", (deps) =>
    withMessages(deps, (message) => ({ ...message, id: message.urn })),
  ),
  inPoll("the direction is told by the sender's name", (deps) =>
    withMessages(deps, (message) => ({
      ...message,
      direction: message.sender?.name === "Ada Lovelace" ? "outbound" : "inbound",
    })),
  ),
  inDelivery("a claim is not conditional", (deps) =>
    withStore(deps, (store) => ({
      putDelivery: async (row) => {
        const stored = await store.getDelivery(row.eventId, row.endpointId)
        return await store.putDelivery(row, stored?.version ?? null)
      },
    })),
  ),
  {
    name: "a duplicate is deleted while the first holder dials",
    run: deliveryRun,
    options: { verdictControl: (said, lostClaim) => (lostClaim ? said : { kind: "delete" }) },
  },
  inDelivery("a later claim drops the due entry", (deps) =>
    withStore(deps, (store) => ({
      putDelivery: (row, version) => store.putDelivery(row.claim === null ? row : { ...row, work: null }, version),
    })),
  ),
  inDelivery("a retry rides on its message alone", (deps) =>
    withStore(deps, (store) => ({
      putDelivery: (row, version) =>
        store.putDelivery(row.status === "retrying" ? { ...row, work: null } : row, version),
    })),
  ),
  inDelivery("a held delivery has no entry", (deps) =>
    withStore(deps, (store) => ({
      putDelivery: (row, version) => store.putDelivery(row.status === "held" ? { ...row, work: null } : row, version),
    })),
  ),
  inDelivery("messages that the queue refused count as sent", (deps) => ({
    ...deps,
    queue: { send: async (messages) => (await deps.queue.send(messages)).map(() => null) },
  })),
  inDelivery("an endpoint is read once and not again", (deps) => {
    let read: ReturnType<Store["getEndpoint"]> | null = null
    return withStore(deps, (store) => ({ getEndpoint: (id) => (read ??= store.getEndpoint(id)) }))
  }),
  inDelivery("held deliveries are looked for only while the gate holds", (deps) =>
    withStore(deps, (store) => ({
      listHeldLagging: async (endpointId, ...more) => {
        const gate = gateOf(await store.getEndpoint(endpointId), deps.clock.now())
        return gate.kind === "open" ? [] : await store.listHeldLagging(endpointId, ...more)
      },
    })),
  ),
  inDelivery("a tick is not conditional: two messages make two", (deps) =>
    withStore(deps, (store) => ({
      putEndpoint: async (row, version) => {
        if (version === null) return await store.putEndpoint(row, version)
        const stored = await store.getEndpoint(row.id)
        return await store.putEndpoint({ ...row, version: (stored?.version ?? 0) + 1 }, stored?.version ?? null)
      },
    })),
  ),
  inDelivery("what is out and unfinished is not counted", (deps) =>
    withStore(deps, (store) => ({
      putEndpoint: async (row, version) => {
        const before = await store.getEndpoint(row.id)
        const known = new Set(before?.releaser?.out)
        const out = row.releaser?.out.filter((eventId) => !known.has(eventId)) ?? []
        return await store.putEndpoint(
          {
            ...row,
            releaser: row.releaser && { ...row.releaser, out: row.circuit.state === "open" ? row.releaser.out : out },
          },
          version,
        )
      },
    })),
  ),
  inDelivery("who delivers does not hear of the circuit", (deps) => {
    // A delivery asks for its event first, a releaser never does.
    let isDelivery = false
    return withStore(deps, (store) => ({
      getEvent: (...input) => {
        isDelivery = true
        return store.getEvent(...input)
      },
      getEndpoint: async (id) => {
        const row = await store.getEndpoint(id)
        return isDelivery && row !== null ? { ...row, circuit: closedCircuit } : row
      },
    }))
  }),
]
