import { randomBytes } from "node:crypto"

import { createRuntime, type Runtime } from "@posthorn/local/runtime"
import type { CircuitSettings } from "@posthorn/core/delivery/circuit"
import type { Fields, Logger } from "@posthorn/core/logger"
import { toSettings } from "@posthorn/core/settings"
import { createSimulator, type Simulator, type SimulatorOptions } from "@posthorn/simulator/simulator"

export const ADMIN_KEY = "phk_test_key_of_the_flow_tests"

export interface RelayOptions {
  env?: Record<string, string>
  simulator?: SimulatorOptions
  /** A file that outlives the relay; by default everything is in memory. */
  path?: string
  /** Instead of the circuit's own numbers. */
  circuit?: CircuitSettings
  /** Of an earlier relay: the same upstream, the same keys. */
  like?: Relay
}

export interface Relay {
  runtime: Runtime
  simulator: Simulator
  upstreamUrl: string
  encryptionKeys: Uint8Array[]
  /** Every line that the relay logged, as it would be written. */
  logged: string[]
  accountId: string
  /** A request to the relay's own API, as JSON. */
  api<Answer = Record<string, unknown>>(
    path: string,
    init?: { method?: string; body?: unknown; key?: string },
  ): Promise<{ status: number; headers: Headers; body: Answer }>
  /** Registers a URL; answers its id and secret. */
  endpoint(url: string, more?: Record<string, unknown>): Promise<{ id: string; secret: string }>
  /** Polls every account once, and resolves when the polls have ended. */
  poll(): Promise<void>
  stop(): Promise<void>
}

/** The whole relay on the local runtime: a simulator over HTTP on one side, real receivers on the other. */
export const startRelay = async (options: RelayOptions = {}): Promise<Relay> => {
  const simulator = options.like?.simulator ?? createSimulator({ accounts: 1, ...options.simulator })
  const upstreamUrl = options.like?.upstreamUrl ?? (await simulator.listen()).url
  const settings = toSettings({
    PORT: "0",
    POSTHORN_POLL_SECONDS: "3600",
    POSTHORN_REQUESTS_PER_MINUTE: "6000",
    ...options.env,
  })
  const encryptionKeys = options.like?.encryptionKeys ?? [new Uint8Array(randomBytes(32))]
  const logged: string[] = []
  const runtime = await createRuntime({
    settings,
    path: options.path ?? ":memory:",
    upstream: { baseUrl: upstreamUrl, apiKey: "secret-upstream-key" },
    adminKey: ADMIN_KEY,
    encryptionKeys,
    ...(options.circuit === undefined ? {} : { circuit: options.circuit }),
    logger: capture(logged),
    say: null,
  })
  await runtime.discover()
  runtime.start()
  const accountId = [...simulator.world.accounts.keys()][0] ?? ""

  const api: Relay["api"] = async (path, init = {}) => {
    const response = await fetch(`${runtime.url}${path}`, {
      method: init.method ?? (init.body === undefined ? "GET" : "POST"),
      headers: {
        authorization: `Bearer ${init.key ?? ADMIN_KEY}`,
        ...(init.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === "" ? {} : JSON.parse(text)) as never }
  }
  const relay: Relay = {
    runtime,
    simulator,
    upstreamUrl,
    encryptionKeys,
    logged,
    accountId,
    api,
    endpoint: async (target, more = {}) => {
      const { status, body } = await api<{ id: string; secret: string }>("/v1/endpoints", {
        body: { url: target, ...more },
      })
      if (status !== 201) throw new Error(`endpoint not made: ${JSON.stringify(body)}`)
      return body
    },
    poll: async () => {
      const accounts = await runtime.store.listAccounts()
      await Promise.all(accounts.map((account) => pollOne(account.id)))
    },
    stop: async () => {
      await runtime.stop()
    },
  }
  const pollOne = async (id: string): Promise<void> => {
    const before = (await runtime.store.getAccount(id))?.lastAttemptedAt ?? 0
    await runtime.pollNow(id)
    await until(async () => {
      const account = await runtime.store.getAccount(id)
      return account !== null && (account.lastAttemptedAt ?? 0) > before && account.nextPollAt > Date.now()
    })
  }
  await relay.poll()
  return relay
}

const capture = (lines: string[]): Logger => {
  const write =
    (level: string) =>
    (fact: string, fields: Fields = {}): void =>
      void lines.push(JSON.stringify({ level, fact, ...fields }))
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") }
}

const UNTIL_MS = 10_000
const LOOK_FIRST_MS = 5
/** A look may be a request, and a key has 50 of them a second. */
const LOOK_MAX_MS = 40

/** Waits for a fact, bounded; for what nobody announces. Looks often at first, then less often. */
export const until = async (
  holds: () => Promise<boolean> | boolean,
  what = "what the test waits for",
): Promise<void> => {
  const deadline = Date.now() + UNTIL_MS
  for (let waitMs = LOOK_FIRST_MS; !(await holds()); waitMs = Math.min(1.3 * waitMs, LOOK_MAX_MS)) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${UNTIL_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}
