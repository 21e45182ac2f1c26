import type { Bus, BusEntry, Message, Queue, Store } from "@posthorn/core/ports"
import type { Upstream } from "@posthorn/core/upstream/thread"
import type { Process, World } from "./world.ts"

/** The store as one process sees it: each call is a step. */
export const steppedStore = (store: Store, world: World, process: Process): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== "function") return method
      return (...input: unknown[]): unknown =>
        world.step(process, `${String(name)} ${brief(input)}`, () => Reflect.apply(method, target, input) as unknown)
    },
  })

export const steppedUpstream = (upstream: Upstream, world: World, process: Process): Upstream => ({
  listAccounts: () => world.step(process, "listAccounts", () => upstream.listAccounts()),
  listConversations: (request) =>
    world.step(process, `list ${request.cursor ?? "first"}`, () => upstream.listConversations(request)),
  readThread: (request) =>
    world.step(process, `read ${request.conversation.id} ${JSON.stringify(request.window)}`, () =>
      upstream.readThread(request),
    ),
  getSync: (request) => world.step(process, "sync status", () => upstream.getSync(request)),
  sendTyping: (request) => world.step(process, "typing", () => upstream.sendTyping(request)),
})

export const steppedBus = (bus: Bus, world: World, process: Process): Bus => ({
  publish: (entries: BusEntry[]) =>
    world.step(process, `publish ${entries.map((entry) => entry.position).join(",")}`, () => bus.publish(entries)),
})

export const steppedQueue = <Body>(queue: Queue<Body>, world: World, process: Process): Queue<Body> => ({
  send: (messages: Message<Body>[]) => world.step(process, `send ${messages.length}`, () => queue.send(messages)),
})

const brief = (input: unknown[]): string => {
  const text = JSON.stringify(input)
  return text.length > 140 ? `${text.slice(0, 140)}…` : text
}
