import { once } from "node:events"
import http from "node:http"
import type { AddressInfo } from "node:net"

type Json = Record<string, unknown>
interface Answer {
  status: number
  headers?: http.OutgoingHttpHeaders
  /** Bytes where they come from moto: SST keeps what is encrypted. */
  body: string | Buffer
}

/** moto on this machine, and in front of it what moto does not know: enough of AWS for the commands of our docs. */
export interface StandIn {
  url: string
  /** What a function was invoked with, by hand. */
  invoked: { name: string; event: unknown }[]
  /** What a function that is invoked by hand answers; an error where it throws. */
  onInvoke: (event: unknown) => unknown
  /** An API call as JSON, past all that is played here. */
  call: <Result = Json>(service: string, target: string, body: unknown, method?: string) => Promise<Result>
  close(): Promise<void>
}

const CONTENT = {
  call: "application/x-amz-json-1.1",
  json: "application/json",
  form: "application/x-www-form-urlencoded",
}
const ok = (body: unknown, headers?: http.OutgoingHttpHeaders): Answer => ({
  status: 200,
  body: JSON.stringify(body),
  ...(headers === undefined ? {} : { headers }),
})
const MOVED_MAX = 100

export const startStandIn = async (motoPort: number, region: string): Promise<StandIn> => {
  const asked = (service: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=test/20261122/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  })
  const call: StandIn["call"] = async (service, target, body, method = "POST") => {
    const isRest = target.startsWith("/")
    const type = typeof body === "string" ? CONTENT.form : isRest ? CONTENT.json : CONTENT.call
    const { status, body: bytes } = await pass(motoPort, {
      method,
      path: isRest ? target : "/",
      headers: { ...asked(service), "content-type": type, ...(isRest ? {} : { "x-amz-target": target }) },
      body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    })
    const text = bytes.toString()
    if (status >= 300) throw new Error(`${target}: ${text}`)
    return (text.startsWith("{") ? JSON.parse(text) : {}) as never
  }

  const moves: Json[] = []
  /** Only a queue that others name as theirs can be redriven: SQS gives back to where a message came from. */
  const move = async ({ SourceArn = "" }: { SourceArn?: string }): Promise<Answer> => {
    const urlOf = async (arn: string): Promise<string> =>
      (await call<{ QueueUrl: string }>("sqs", "AmazonSQS.GetQueueUrl", { QueueName: arn.split(":").at(-1) })).QueueUrl
    const from = await urlOf(SourceArn)
    const sources = await call<{ queueUrls?: string[] }>("sqs", "AmazonSQS.ListDeadLetterSourceQueues", {
      QueueUrl: from,
    })
    const [to] = sources.queueUrls ?? []
    if (to === undefined) return refusal("InvalidParameterValueException", "the source is no dead-letter queue")
    let moved = 0
    for (; moved < MOVED_MAX; moved += 1) {
      const { Messages = [] } = await call<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
        "sqs",
        "AmazonSQS.ReceiveMessage",
        { QueueUrl: from },
      )
      const [message] = Messages
      if (message === undefined) break
      await call("sqs", "AmazonSQS.SendMessage", { QueueUrl: to, MessageBody: message.Body })
      await call("sqs", "AmazonSQS.DeleteMessage", { QueueUrl: from, ReceiptHandle: message.ReceiptHandle })
    }
    moves.push({ SourceArn, Status: "COMPLETED", ApproximateNumberOfMessagesMoved: moved, StartedTimestamp: 0 })
    return ok({ TaskHandle: String(moves.length) })
  }

  /** moto reads no pattern of JSON, and gives back all lines. */
  const filterLogs = async ({ filterPattern, ...rest }: { filterPattern?: string }): Promise<Answer> => {
    const { events } = await call<{ events: { message: string }[] }>("logs", "Logs_20140328.FilterLogEvents", rest)
    if (filterPattern === undefined) return ok({ events })
    const [, fact] = /^\{ \$\.fact = "([\w.]+)" \}$/.exec(filterPattern) ?? []
    if (fact === undefined) return refusal("InvalidParameterException", `no pattern that is played: ${filterPattern}`)
    return ok({ events: events.filter(({ message }) => (JSON.parse(message) as Json)["fact"] === fact) })
  }

  const invoke = (name: string, text: string): Answer => {
    const event: unknown = JSON.parse(text)
    standIn.invoked.push({ name, event })
    try {
      return ok(standIn.onInvoke(event) ?? null)
    } catch (error) {
      return ok({ errorMessage: String(error) }, { "x-amz-function-error": "Unhandled" })
    }
  }

  const own = async (target: string, { method, path, body }: Request): Promise<Answer | null> => {
    const parsed = (target === "" ? {} : JSON.parse(body.toString())) as Json
    const [, invoked] = /^\/2015-03-31\/functions\/([\w-]+)\/invocations$/.exec(path) ?? []
    if (invoked !== undefined) return invoke(invoked, body.toString())
    if (path.includes("/account-settings")) return ok({ AccountLimit: { ConcurrentExecutions: 10 }, AccountUsage: {} })
    // By that policy moto would refuse whatever comes without TLS.
    if (method === "PUT" && /\?policy=?$/.test(path)) return { status: 204, body: "" }
    if (target === "AmazonSQS.StartMessageMoveTask") return move(parsed)
    if (target === "AmazonSQS.ListMessageMoveTasks")
      return ok({ Results: moves.filter(({ SourceArn }) => SourceArn === parsed["SourceArn"]) })
    if (target === "Logs_20140328.FilterLogEvents") return filterLogs(parsed)
    if (target.endsWith(".RequestServiceQuotaIncrease")) return ok({ RequestedQuota: { ...parsed, Status: "PENDING" } })
    return null
  }

  const server = http.createServer((incoming, outgoing) => {
    void incoming.toArray().then(async (chunks: Buffer[]) => {
      // As a proxy it is asked for whole addresses.
      const { pathname, search } = new URL(incoming.url ?? "/", "http://127.0.0.1")
      const headers = incoming.headers as http.OutgoingHttpHeaders
      const request = {
        method: incoming.method ?? "GET",
        path: pathname + search,
        headers,
        body: Buffer.concat(chunks),
      }
      const target = String(incoming.headers["x-amz-target"] ?? "")
      const answer = (await own(target, request)) ?? (await pass(motoPort, request))
      outgoing.writeHead(answer.status, answer.headers ?? { "content-type": CONTENT.call }).end(answer.body)
    })
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    invoked: [],
    onInvoke: () => null,
    call,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
  return standIn
}

const refusal = (type: string, message: string): Answer => ({
  status: 400,
  body: JSON.stringify({ __type: type, message }),
})

interface Request {
  method: string
  path: string
  headers: http.OutgoingHttpHeaders
  body: Buffer
}
const pass = (port: number, { body, ...request }: Request): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asking = http.request({ host: "127.0.0.1", port, ...request }, (response) => {
      void response.toArray().then((chunks: Buffer[]) => {
        const { "transfer-encoding": _, connection: __, "content-length": ___, ...headers } = response.headers
        resolve({ status: response.statusCode ?? 500, headers, body: Buffer.concat(chunks) })
      }, reject)
    })
    asking.on("error", reject)
    asking.end(body)
  })
