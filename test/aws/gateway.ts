import { once } from "node:events"
import http from "node:http"
import type { AddressInfo } from "node:net"

import { type Call, callsOf } from "./calls.ts"
import type { Taken } from "./delays.ts"

export interface Counts {
  dynamodb: { writeUnits: number; readUnits: number; requests: number }
  /** `receive`: those that brought something; idle polling is the event source mapping's, and priced apart. */
  sqs: { send: number; receive: number; delete: number; changeVisibility: number }
  eventbridge: { putEventsEntries: number }
}

type Json = Record<string, unknown>
export interface Forged {
  status: number
  body: Json
}
/** What is answered in place of the emulator, or null to pass the request on. `pass` asks the emulator something else. */
export type Fault = (
  operation: string,
  body: Json,
  pass: (body: Json) => Promise<Forged>,
) => Promise<Forged | null> | Forged | null

export interface Gateway {
  url: string
  counts: Counts
  /** Null: none. */
  fault: Fault | null
  close(): Promise<void>
}

export interface GatewayOptions {
  dynamodb: number
  moto: number
  /** Null where the calls are allowed; else what is not. Without it everything is. */
  judge?: (calls: Call[]) => string | null
  /** Takes the delayed messages out of a SendMessageBatch. Without it the emulator keeps them, in real time. */
  delay?: (batch: { QueueUrl: string; Entries: Json[] }) => Taken
}

/** Before all emulators: counts what AWS would bill, refuses what IAM would, and errs as AWS may. */
export const startGateway = async ({ judge, delay, ...ports }: GatewayOptions): Promise<Gateway> => {
  const counts = noCounts()
  const server = http.createServer((incoming, outgoing) => {
    void incoming.toArray().then(async (chunks: Buffer[]) => {
      const target = String(incoming.headers["x-amz-target"] ?? "")
      const [service = "", operation = ""] = target.split(".")
      const body = parse(Buffer.concat(chunks).toString())
      const isTable = service.startsWith("DynamoDB")
      const askEmulator = async (asked: Json) => {
        const text = JSON.stringify(isTable ? { ...asked, ReturnConsumedCapacity: "INDEXES" } : asked)
        const headers = {
          ...incoming.headers,
          // DynamoDB Local keeps a database for each key and region, and checks neither.
          authorization: isTable ? asEngine(incoming.headers.authorization) : incoming.headers.authorization,
          "content-length": String(Buffer.byteLength(text)),
        }
        return await pass(isTable ? ports.dynamodb : ports.moto, incoming.url ?? "/", headers, text)
      }
      const ask = async (asked: Json) => {
        const taken = operation === "SendMessageBatch" ? delay?.(asked as never) : undefined
        const answer =
          taken === undefined ? await askEmulator(asked) : await withDelayed(taken, (rest) => askEmulator({ ...rest }))
        add(counts, operation, asked, parse(answer.text))
        return answer
      }
      const refusal = judge?.(callsOf(incoming.headers.authorization ?? "", operation, body)) ?? null
      const forged =
        refusal !== null
          ? { status: 400, body: { __type: "AccessDeniedException", message: `not authorized: ${refusal}` } }
          : await gateway.fault?.(operation, body, async (asked) => {
              const { status, text } = await ask(asked)
              return { status, body: parse(text) }
            })
      if (forged !== null && forged !== undefined) {
        outgoing.writeHead(forged.status, { "content-type": "application/x-amz-json-1.1" })
        outgoing.end(JSON.stringify(forged.body))
        return
      }
      const answer = await ask(body)
      outgoing.writeHead(answer.status, answer.headers)
      outgoing.end(answer.text)
    })
  })
  server.keepAliveTimeout = 60_000
  await once(server.listen(0, "127.0.0.1"), "listening")
  const gateway: Gateway = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    counts,
    fault: null,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
  return gateway
}

export const noCounts = (): Counts => ({
  dynamodb: { writeUnits: 0, readUnits: 0, requests: 0 },
  sqs: { send: 0, receive: 0, delete: 0, changeVisibility: 0 },
  eventbridge: { putEventsEntries: 0 },
})

interface Passed {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
}

/** The emulator's answer to the rest of a batch, and beside it what was taken out. */
const withDelayed = async ({ rest, successful }: Taken, ask: (rest: object) => Promise<Passed>): Promise<Passed> => {
  if (successful.length === 0 && rest !== null) return ask(rest)
  const { status, headers, text } =
    rest === null
      ? { status: 200, headers: { "content-type": "application/x-amz-json-1.0" }, text: "{}" }
      : await ask(rest)
  const { Successful = [], Failed = [] } = parse(text) as { Successful?: Json[]; Failed?: Json[] }
  const { "content-length": _, ...kept } = headers
  return { status, headers: kept, text: JSON.stringify({ Successful: [...Successful, ...successful], Failed }) }
}

/** The key and the region with which test/contract/dynamodb-engine.ts makes its tables. */
const asEngine = (authorization = ""): string =>
  authorization.replace(/Credential=[^/]+\/(\d+)\/[^/]+\//, "Credential=local/$1/local/")

const pass = (port: number, path: string, headers: http.OutgoingHttpHeaders, text: string): Promise<Passed> =>
  new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path, method: "POST", headers }, (response) => {
      void response.toArray().then((chunks: Buffer[]) => {
        const { "transfer-encoding": _, connection: __, ...kept } = response.headers
        resolve({ status: response.statusCode ?? 500, headers: kept, text: Buffer.concat(chunks).toString() })
      }, reject)
    })
    request.on("error", reject)
    request.end(text)
  })

const parse = (text: string): Json => JSON.parse(text === "" ? "{}" : text) as Json

const WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem"])
const READS = new Set(["GetItem", "Query", "BatchGetItem"])

/** Each request of SQS is billed once, a batch too. */
const add = (counts: Counts, operation: string, asked: Json, answer: Json): void => {
  if (WRITES.has(operation) || READS.has(operation)) {
    counts.dynamodb.requests += 1
    const spent = [answer["ConsumedCapacity"]].flat() as ({ CapacityUnits?: number } | undefined)[]
    const units = spent.reduce((sum, each) => sum + (each?.CapacityUnits ?? 0), 0)
    // Where the condition fails a unit is spent, and the emulators do not say so.
    if (WRITES.has(operation)) counts.dynamodb.writeUnits += answer["__type"] === undefined ? units : 1
    // Nothing found is billed as the smallest read; DynamoDB Local says 0.
    else counts.dynamodb.readUnits += Math.max(units, asked["ConsistentRead"] === false ? 0.5 : 1)
  }
  if (operation === "SendMessageBatch") counts.sqs.send += 1
  if (operation === "ReceiveMessage" && (answer["Messages"] as unknown[] | undefined)?.length) counts.sqs.receive += 1
  if (operation === "DeleteMessageBatch") counts.sqs.delete += 1
  if (operation === "ChangeMessageVisibility") counts.sqs.changeVisibility += 1
  if (operation === "PutEvents") counts.eventbridge.putEventsEntries += (asked["Entries"] as unknown[]).length
}
