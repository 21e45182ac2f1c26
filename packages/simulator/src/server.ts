import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { shapeA, type Answer, type Call, type Settings } from "./answer.ts"
import { changedAnswer, faultAnswer, type RawAnswer } from "./fault-answers.ts"
import type { ActiveFault, Faults } from "./faults.ts"
import { createLimit, limited, limitHeaders } from "./limit.ts"
import { conversationsLocation, route } from "./routes.ts"
import { send } from "./wire.ts"
import type { World } from "./world.ts"

const REQUESTS_MAX = 10_000
const REMEMBERED_MAX = 200
const BODY_BYTES_MAX = 1_000_000

/** What a test may ask about a request. The bearer token itself is not kept. */
export interface RequestRecord {
  method: string
  path: string
  query: Record<string, string>
  at: number
  /** null until answered, and for a request whose answer never went out */
  status: number | null
  authorization: boolean
}

/** Answers a request in upstream's stead; undefined leaves it to upstream. */
export type Control = (method: string, path: string, body: unknown, request: IncomingMessage) => Answer | undefined

interface Deps {
  world: World
  settings: Settings
  faults: Faults
  requests: RequestRecord[]
  now: () => number
  control: Control | undefined
}

/** The HTTP side: faults first, then the rate limit, the key, the endpoint. */
export function createUpstreamServer(deps: Deps): Server {
  const { world, settings, faults, requests, now } = deps
  const limit = createLimit(now, settings.requestsPerMinute)
  const stale = new WeakMap<ActiveFault, Map<string, Answer>>()

  /** The list as it was when the fault first met it. */
  const remember = (fault: ActiveFault, key: string) => (answer: Answer) => {
    const lists = stale.get(fault) ?? new Map<string, Answer>()
    stale.set(fault, lists)
    const old = lists.get(key)
    if (old === undefined && lists.size < REMEMBERED_MAX) lists.set(key, answer)
    return old ?? answer
  }

  const answerTo = (call: Call, authorization: string | undefined, headers: Record<string, string>): Answer => {
    const standing = limit.count()
    Object.assign(headers, limitHeaders(standing, settings, call.path))
    if (!standing.allowed) return limited(standing, call.path, now())
    if (!mayEnter(authorization, settings.apiKey))
      return shapeA(401, settings.generation === "v1" ? "Unauthorized" : "Unauthorized - Invalid credentials")
    return route(call)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://upstream.invalid")
    const method = request.method ?? "GET"
    const body = method === "GET" ? undefined : await readJson(request)
    const headers: Record<string, string> = {}
    response.sendDate = false
    response.setHeader("Date", new Date(now()).toUTCString())

    const controlled = deps.control?.(method, url.pathname, body, request)
    if (controlled !== undefined) {
      send(response, rawOf(controlled, headers), undefined)
      return
    }
    if (url.pathname === "/health") {
      send(response, rawOf({ status: 200, body: { status: "ok" } }, headers), undefined)
      return
    }

    const query = Object.fromEntries(url.searchParams)
    const record: RequestRecord = {
      method,
      path: url.pathname,
      query,
      at: now(),
      status: null,
      authorization: request.headers.authorization !== undefined,
    }
    requests.push(record)
    if (requests.length > REQUESTS_MAX) requests.shift()
    response.once("finish", () => (record.status = response.statusCode))

    const call: Call = { world, settings, method, path: url.pathname, query, body: isObject(body) ? body : {} }
    const decoded =
      url.searchParams.size === 0 ? "" : `?${[...url.searchParams].map((pair) => pair.join("=")).join("&")}`
    const active = faults.take(`${method} ${url.pathname}${decoded}`)
    const fault = active?.fault
    // Lost on the way: it never reached the endpoint, so neither limit nor last use may know of it.
    if ((fault?.kind === "hang" || fault?.kind === "reset") && fault.where !== "body") {
      send(response, { status: 200, text: "" }, fault)
      return
    }
    const answer = answerTo(call, request.headers.authorization, headers)
    if (fault === undefined || active === undefined) {
      send(response, rawOf(answer, headers), undefined)
      return
    }
    const replaced = faultAnswer(fault, query["accountId"], now()) ?? redirect(fault, call)
    if (replaced !== undefined) {
      send(response, { ...replaced, headers: { ...headers, ...replaced.headers } }, undefined)
      return
    }
    const key = `${url.pathname}?${query["accountId"] ?? ""}&${query["nextCursor"] ?? ""}`
    send(response, rawOf(changedAnswer(fault, answer, remember(active, key)), headers), fault)
  }

  return createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      const text = JSON.stringify({
        success: false,
        error: `simulator: ${error instanceof Error ? error.message : "?"}`,
      })
      if (response.headersSent) response.destroy()
      else send(response, { status: 500, text }, undefined)
    })
  })
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

function mayEnter(authorization: string | undefined, apiKey: string | undefined): boolean {
  const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1]
  return token !== undefined && (apiKey === undefined || token === apiKey)
}

const rawOf = (answer: Answer, headers: Record<string, string>): RawAnswer => ({
  status: answer.status,
  text: JSON.stringify(answer.body),
  headers: { ...headers, ...answer.headers },
})

function redirect(fault: { kind: string; to?: string; status?: number }, call: Call): RawAnswer | undefined {
  if (fault.kind !== "redirect" || fault.to === undefined) return undefined
  const location = fault.to === "conversations" ? conversationsLocation(call) : fault.to
  return location === undefined ? undefined : { status: fault.status ?? 307, text: "", headers: { Location: location } }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw new Error("body too large")
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString()
  return text === "" ? undefined : JSON.parse(text)
}
