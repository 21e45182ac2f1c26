import type { AddressInfo } from "node:net"
import type { Anchor, Dialect, Generation, Settings } from "./answer.ts"
import { createControl } from "./control.ts"
import { createFaults, type Faults } from "./faults.ts"
import { addHistory, addOwners, DEMO_ACCOUNTS } from "./history.ts"
import { createPeople } from "./people.ts"
import { createUpstreamServer, type RequestRecord } from "./server.ts"
import { createWorld, type World } from "./world.ts"

const PEOPLE_EVERY_MS = 4_000

export interface SimulatorOptions {
  /** the one key that is let in; by default any bearer token is */
  apiKey?: string
  /** "conversations": the legacy reads answer 307, as the real thing does today (upstream README 0.1) */
  dialect?: Dialect
  generation?: Generation
  now?: () => number
  random?: () => number
  /** the default page, and the most that a page holds */
  pageSize?: { list?: number; thread?: number }
  anchor?: Anchor
  requestsPerMinute?: number
  /** how many accounts there are from the start: by default those of the demo with `history`, else none */
  accounts?: number
  /** old conversations in every account, the same on every start */
  history?: boolean
  /** `/_simulator/*`, for tests that run the simulator in another process; loopback only */
  control?: boolean
}

export interface Simulator {
  readonly world: World
  /** every request to upstream, oldest first, bounded */
  readonly requests: RequestRecord[]
  readonly faults: Faults
  /** may be changed at any time: upstream changes its mind, too */
  readonly settings: Settings
  /** `url` ends with /linkedin */
  listen(port?: number, host?: string): Promise<{ url: string; port: number }>
  close(): Promise<void>
  /** Somebody writes, reacts or edits every `everyMs`. */
  startPeople(options?: { everyMs?: number }): void
  stopPeople(): void
}

/** A ConnectSafely to develop and test against. Nothing in it is shared with the client, so that the two cannot err alike. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const now = options.now ?? Date.now
  const random = options.random ?? Math.random
  const settings: Settings = {
    apiKey: options.apiKey,
    dialect: options.dialect ?? "legacy",
    generation: options.generation ?? "v2",
    listPage: options.pageSize?.list,
    threadPage: options.pageSize?.thread,
    anchor: options.anchor ?? "exclusive",
    requestsPerMinute: options.requestsPerMinute,
  }
  const world = createWorld({ now, random })
  addOwners(world, options.accounts ?? (options.history === true ? DEMO_ACCOUNTS : 0))
  if (options.history === true) addHistory(world)

  const requests: RequestRecord[] = []
  const faults = createFaults()
  const people = createPeople(world, random)
  const control = options.control === true ? createControl({ world, faults, requests }) : undefined
  const server = createUpstreamServer({ world, settings, faults, requests, now, control })
  let timer: NodeJS.Timeout | undefined

  const stopPeople = () => {
    clearInterval(timer)
    timer = undefined
  }

  return {
    world,
    requests,
    faults,
    settings,
    listen: (port = 0, host = "127.0.0.1") =>
      new Promise((resolve, reject) => {
        server.once("error", reject)
        server.listen(port, host, () => {
          server.off("error", reject)
          const bound = (server.address() as AddressInfo).port
          resolve({ url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/linkedin`, port: bound })
        })
      }),
    async close() {
      stopPeople()
      if (!server.listening) return
      await new Promise((resolve) => {
        server.close(resolve)
        // Hung and dripping answers would keep it open for ever.
        server.closeAllConnections()
      })
    },
    startPeople({ everyMs = PEOPLE_EVERY_MS } = {}) {
      stopPeople()
      timer = setInterval(() => people.act(), everyMs)
      // The demo ends when its server does, whoever is still writing.
      timer.unref()
    },
    stopPeople,
  }
}
