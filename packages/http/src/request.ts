import dns from "node:dns"
import http from "node:http"
import https from "node:https"
import type { LookupFunction } from "node:net"
import type { HttpAnswer, HttpResult, Request } from "@posthorn/core/http"
import { exchange, ExchangeError, type Route } from "./exchange.ts"

const CONNECT_MS = 5_000
const IDLE_MS = 20_000
/** A timer may go off a little before the clock says so. */
const TIMER_SLACK_MS = 5

/**
 * The requests to upstream, whose address the operator chose: no guard, the system's own look-up. Keeps sockets until `close`.
 *
 * Unlike a subscriber's answer, one that breaks off is worth nothing here, so it fails as `timeout` or `reset`; and upstream is known to
 * leave sockets open behind a complete document (upstream docs, section 5), which is then taken for the whole.
 */
export const createRequest = (): Request & { close: () => void } => {
  const agents = new Map<string, http.Agent>()
  const agentFor = (protocol: string, keepAlive: boolean): http.Agent => {
    const key = `${protocol} ${String(keepAlive)}`
    const Agent = protocol === "https:" ? https.Agent : http.Agent
    const agent = agents.get(key) ?? new Agent({ keepAlive, timeout: IDLE_MS, lookup, autoSelectFamily: true })
    agents.set(key, agent)
    return agent
  }

  const request: Request = async (asked) => {
    if (!URL.canParse(asked.url)) return { ok: false, kind: "connect", message: "The address is not a URL." }
    const url = new URL(asked.url)
    const route: Route = {
      url,
      agent: agentFor(url.protocol, true),
      freshAgent: agentFor(url.protocol, false),
      connectMs: CONNECT_MS,
      isWhole: isJson,
    }
    const startedAt = performance.now()
    const result = await exchange(asked, route)
    if (!result.ok) return { ...result, message: result.message.replaceAll("The receiver", "ConnectSafely") }
    const { answer } = result
    if (!answer.cut || answer.body.length >= asked.answerBytesMax) return result
    // Cut, but not for its length.
    if (isJson([answer.body])) return whole(answer)
    return performance.now() - startedAt >= asked.deadlineMs - TIMER_SLACK_MS
      ? {
          ok: false,
          kind: "timeout",
          message: `ConnectSafely did not finish its answer within ${asked.deadlineMs / 1000} s.`,
        }
      : { ok: false, kind: "reset", message: "ConnectSafely broke off its answer." }
  }

  return Object.assign(request, {
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  })
}

const whole = (answer: HttpAnswer): HttpResult => ({ ok: true, answer: { ...answer, cut: false } })

/** A document of objects or lists cannot go on behind its end; a bare number could. */
const isJson = (chunks: readonly Uint8Array[]): boolean => {
  const text = Buffer.concat(chunks).toString().trim()
  if (!/[}\]]$/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const lookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, options, (error, ...found) => {
    if (error === null) callback(null, ...found)
    else
      callback(
        new ExchangeError("dns", `ConnectSafely's host name could not be resolved (${error.code ?? "unknown"}).`),
        [],
      )
  })
}
