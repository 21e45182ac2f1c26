import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http"
import https from "node:https"
import type { Socket } from "node:net"
import type { HttpRequest, HttpResult, NoAnswerKind } from "@posthorn/core/http"

/** A pause this long in a body asks `isWhole`; a peer that ends its answer properly does so sooner. */
const PAUSE_MS = 250
/** Far above any honest answer's headers, far below what would hurt. */
const ANSWER_HEADER_BYTES_MAX = 16 * 1024

/** A look-up or connection that we ended ourselves says why by itself. */
export class ExchangeError extends Error {
  readonly kind: NoAnswerKind
  constructor(kind: NoAnswerKind, message: string) {
    super(message)
    this.kind = kind
  }
}

export interface Route {
  url: URL
  /** Keeps sockets and hands them out again. */
  agent: http.Agent
  /** Never does. */
  freshAgent: http.Agent
  connectMs: number
  /** Asked when a body pauses: true ends the exchange, for peers that leave the socket open behind a whole document. */
  isWhole?: (chunks: readonly Buffer[]) => boolean
}

/**
 * One request, one answer, one deadline over everything. Never throws. Once the status line is in, the answer counts, whatever
 * ends it: one that is longer than allowed, stalls until the deadline or breaks off is returned with `cut`.
 */
export const exchange = (request: HttpRequest, route: Route): Promise<HttpResult> =>
  new Promise((resolve) => {
    let current: ClientRequest | null = null
    let settled = false
    // Read when the deadline ends the exchange, so that a body that stalls still yields the status before it.
    let partial: (() => HttpResult) | null = null

    const settle = (result: HttpResult): void => {
      if (settled) return
      settled = true
      clearTimeout(deadline)
      resolve(result)
    }
    const end = (result: HttpResult): void => {
      settle(result)
      current?.destroy()
    }
    const deadline = setTimeout(() => {
      end(partial?.() ?? failed("timeout", `The receiver did not answer within ${seconds(request.deadlineMs)}.`))
    }, request.deadlineMs)

    const dial = (agent: http.Agent): void => {
      const sent = open(request, route.url, agent)
      current = sent
      let phase: "connect" | "tls" | "open" = "connect"
      let readBefore = 0
      sent.on("socket", (socket: Socket) => {
        readBefore = socket.bytesRead
        if (sent.reusedSocket) {
          phase = "open"
          return
        }
        const isTls = route.url.protocol === "https:"
        const connecting = setTimeout(() => {
          end(failed("timeout", `The receiver did not take the connection within ${seconds(route.connectMs)}.`))
        }, route.connectMs)
        socket.once("close", () => clearTimeout(connecting))
        socket.once("connect", () => {
          phase = isTls ? "tls" : "open"
          if (!isTls) clearTimeout(connecting)
        })
        socket.once("secureConnect", () => {
          phase = "open"
          clearTimeout(connecting)
        })
      })
      sent.on("response", (answer) => {
        partial = collect(answer, request.answerBytesMax, route.isWhole, (result, isWhole) => {
          // A receiver that answers without reading all of the request would keep the socket busy past the deadline.
          if (isWhole && sent.writableFinished) settle(result)
          else end(result)
        })
      })
      sent.on("error", (error: NodeJS.ErrnoException) => {
        if (settled) return
        if (partial !== null) {
          settle(partial())
          return
        }
        // The receiver closed a kept socket while we took it up again, and answered nothing: as good as never asked. Trying
        // once more is right even if it did read the request: delivery is at least once, and `webhook-id` is the same.
        const isStale = sent.reusedSocket && isHangUp(error) && (sent.socket?.bytesRead ?? 0) === readBefore
        if (isStale) dial(route.freshAgent)
        else settle(explain(error, phase))
      })
    }

    try {
      dial(route.agent)
    } catch {
      // Node refuses characters that no header or path may have; its message would repeat them.
      settle(failed("connect", "The request could not be written: a header has a character that HTTP does not allow."))
    }
  })

const open = (request: HttpRequest, url: URL, agent: http.Agent): ClientRequest => {
  const { body } = request
  const options: RequestOptions = {
    // A literal in brackets is an address to Node only without them.
    hostname: url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port,
    path: url.pathname + url.search,
    method: request.method,
    // Nothing is decompressed, so that a small answer cannot become a large one; hence none is asked for.
    headers: {
      ...request.headers,
      "accept-encoding": "identity",
      ...(body !== null && { "content-length": Buffer.byteLength(body) }),
    },
    agent,
    maxHeaderSize: ANSWER_HEADER_BYTES_MAX,
  }
  const sent = url.protocol === "https:" ? https.request(options) : http.request(options)
  sent.end(body ?? undefined, "utf8")
  return sent
}

/** Reads an answer up to its limit; returns what to say when it is ended early. */
const collect = (
  answer: IncomingMessage,
  bytesMax: number,
  isWholeAlready: Route["isWhole"],
  done: (result: HttpResult, isWhole: boolean) => void,
): (() => HttpResult) => {
  const chunks: Buffer[] = []
  let size = 0
  let isDone = false
  let pause: NodeJS.Timeout | undefined
  const result = (cut: boolean): HttpResult => ({
    ok: true,
    answer: {
      status: answer.statusCode ?? 0,
      headers: joined(answer.headers),
      body: chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks),
      cut,
    },
  })
  const finish = (isWhole: boolean): void => {
    if (isDone) return
    isDone = true
    clearTimeout(pause)
    done(result(!isWhole), isWhole)
  }
  answer.on("data", (chunk: Buffer) => {
    if (isDone) return
    const room = bytesMax - size
    size += chunk.length
    chunks.push(size > bytesMax ? chunk.subarray(0, room) : chunk)
    clearTimeout(pause)
    if (size > bytesMax) finish(false)
    else if (isWholeAlready !== undefined)
      pause = setTimeout(() => {
        if (isWholeAlready(chunks)) finish(false)
      }, PAUSE_MS)
  })
  answer.on("end", () => finish(answer.complete))
  // A body that breaks off: "error" or "close" without "end".
  answer.on("error", () => finish(false))
  answer.on("close", () => finish(answer.complete))
  return () => result(true)
}

const joined = (headers: IncomingMessage["headers"]): Record<string, string> => {
  const flat: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ")
  }
  return flat
}

const isHangUp = (error: NodeJS.ErrnoException): boolean => error.code === "ECONNRESET" || error.code === "EPIPE"

const failed = (kind: NoAnswerKind, message: string): HttpResult => ({ ok: false, kind, message })

const seconds = (ms: number): string => `${String(ms / 1000)} s`

/** Never repeats Node's own message: it names the address that was dialled. */
const explain = (error: NodeJS.ErrnoException, phase: "connect" | "tls" | "open"): HttpResult => {
  if (error instanceof ExchangeError) return failed(error.kind, error.message)
  const code = error.code ?? ""
  if (phase === "connect")
    return failed("connect", connectMessages[code] ?? `The receiver could not be reached${suffix(code)}.`)
  if (phase === "tls")
    return failed("tls", tlsMessages[code] ?? `The TLS connection could not be set up${suffix(code)}.`)
  if (code === "HPE_HEADER_OVERFLOW") return failed("reset", "The answer's headers were larger than 16 KB.")
  if (code.startsWith("HPE_")) return failed("reset", `The answer was not valid HTTP${suffix(code)}.`)
  return failed("reset", "The receiver closed the connection without an answer.")
}

const suffix = (code: string): string => (/^[A-Z][A-Z0-9_]*$/.test(code) ? ` (${code})` : "")

const connectMessages: Record<string, string> = {
  ECONNREFUSED: "The receiver refused the connection.",
  ECONNRESET: "The receiver closed the connection while it was being made.",
  ETIMEDOUT: "The receiver did not take the connection.",
  ENETUNREACH: "The receiver's network cannot be reached.",
  EHOSTUNREACH: "The receiver's host cannot be reached.",
}

const tlsMessages: Record<string, string> = {
  ECONNRESET: "The receiver closed the connection during the TLS handshake.",
  CERT_HAS_EXPIRED: "The receiver's certificate has expired.",
  CERT_NOT_YET_VALID: "The receiver's certificate is not valid yet.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The receiver's certificate is self-signed.",
  SELF_SIGNED_CERT_IN_CHAIN: "The receiver's certificate chain ends in a self-signed certificate.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The receiver's certificate chain is incomplete.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "The receiver's certificate is from an unknown issuer.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The receiver's certificate is for another host.",
}
