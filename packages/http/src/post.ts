import dns from "node:dns/promises"
import http from "node:http"
import https from "node:https"
import { isIP, type LookupFunction, type Socket } from "node:net"
import { judgeAddress, judgeUrl, refusedMessage } from "@posthorn/core/delivery/guard"
import type { HttpResult, Post } from "@posthorn/core/http"
import { exchange, ExchangeError } from "./exchange.ts"

const CONNECT_MS = 5_000
/** Of one address, where a name has several; Node's own 250 ms gives up on far receivers. */
const CONNECT_ONE_MS = 1_500
/** An idle socket is kept this long; one that its receiver closed before costs a second try (see exchange.ts). */
const IDLE_MS = 20_000
const IDLE_SOCKETS_PER_HOST_MAX = 64

/** All addresses of a host name; throws or answers none where there are none. */
export type Lookup = (hostname: string, allowPrivate: boolean) => Promise<string[]>

export interface PostOptions {
  lookup?: Lookup
  /** Per scheme, host and port; further requests wait within their deadline. No limit couples different hosts. */
  maxSockets?: number
}

/**
 * The POST to subscribers. Which addresses are refused is core's guard; this makes sure that no other is dialled: literals are
 * judged before any socket is made, of a name all addresses must be good and only those are connected to (so that an answer
 * that changes between two look-ups gains nothing), and the address connected to is judged once more before a byte is sent.
 * Redirects are answers like others, proxy settings of the environment are not read.
 */
export const createPost = ({ lookup = systemLookup, maxSockets = Infinity }: PostOptions = {}): {
  post: Post
  close: () => void
} => {
  const agents = new Map<string, http.Agent>()
  const agentFor = (protocol: string, allowPrivate: boolean, keepAlive: boolean): http.Agent => {
    // A socket that a request with private addresses opened must never serve one without.
    const key = `${protocol} ${String(allowPrivate)} ${String(keepAlive)}`
    const known = agents.get(key)
    if (known !== undefined) return known
    const made = guardedAgent(protocol, allowPrivate, lookup, {
      keepAlive,
      maxSockets: keepAlive ? maxSockets : Infinity,
    })
    agents.set(key, made)
    return made
  }

  const post: Post = async (request) => {
    const { allowPrivate } = request
    const verdict = judgeUrl(request.url, request)
    if (!verdict.ok) return { ok: false, kind: "address_refused", message: verdict.message } satisfies HttpResult
    const { url } = verdict
    return exchange(request, {
      url,
      agent: agentFor(url.protocol, allowPrivate, true),
      freshAgent: agentFor(url.protocol, allowPrivate, false),
      connectMs: CONNECT_MS,
    })
  }

  return {
    post,
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

const guardedAgent = (
  protocol: string,
  allowPrivate: boolean,
  lookup: Lookup,
  limits: { keepAlive: boolean; maxSockets: number },
): http.Agent => {
  const Base = protocol === "https:" ? https.Agent : http.Agent
  const agent = new Base({
    ...limits,
    maxFreeSockets: IDLE_SOCKETS_PER_HOST_MAX,
    timeout: IDLE_MS,
    lookup: checkedLookup(lookup, allowPrivate),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: CONNECT_ONE_MS,
    // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    rejectUnauthorized: true,
  } as https.AgentOptions)
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback) as Socket
    // Before Node's own listeners, which send what is waiting.
    socket.prependListener("connect", () => {
      if (judgeAddress(socket.remoteAddress ?? "", { allowPrivate }) === "refused")
        socket.destroy(refused(allowPrivate))
    })
    return socket
  }
  return agent
}

const refused = (allowPrivate: boolean): ExchangeError =>
  new ExchangeError("address_refused", refusedMessage({ allowPrivate }))

/** One bad address spoils the name: whoever mixes good and bad ones is not to be trusted with the choice. */
const checkedLookup =
  (lookup: Lookup, allowPrivate: boolean): LookupFunction =>
  (hostname, _options, callback) => {
    lookup(hostname, allowPrivate).then(
      (addresses) => {
        if (addresses.length === 0) callback(unresolved("ENOTFOUND"), [])
        else if (addresses.some((address) => judgeAddress(address, { allowPrivate }) === "refused"))
          callback(refused(allowPrivate), [])
        else
          callback(
            null,
            addresses.map((address) => ({ address, family: isIP(address) })),
          )
      },
      (error: unknown) => callback(unresolved((error as NodeJS.ErrnoException).code), []),
    )
  }

const noAddress = new Set<string | undefined>(["ENOTFOUND", "ENODATA", "EAI_NONAME", "EAI_NODATA"])

const unresolved = (code: string | undefined): ExchangeError =>
  new ExchangeError(
    "dns",
    noAddress.has(code) ? "The host name has no address." : "The host name could not be resolved just now.",
  )

/**
 * c-ares, which waits for sockets: the system's own look-up waits in one of two threads, where two dead names stop all others.
 * A resolver is made for each name (22 us), so that it knows the servers of the network that the machine is in now.
 */
const systemLookup: Lookup = async (hostname, allowPrivate) => {
  // RFC 6761, 6.3: always loopback, never asked of a server.
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return ["127.0.0.1", "::1"]
  const resolver = new dns.Resolver({ timeout: 1_500, tries: 2 })
  const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
  if (found.length > 0) return found
  const codes = answers.map((answer) => answer.status === "rejected" && (answer.reason as NodeJS.ErrnoException).code)
  // Neighbours on a private network may be known to the hosts file or to mDNS only.
  if (allowPrivate && !codes.includes("ETIMEOUT")) {
    const all = await dns.lookup(hostname, { all: true })
    return all.map(({ address }) => address)
  }
  throw Object.assign(new Error("no address was found"), { code: codes[0] })
}
