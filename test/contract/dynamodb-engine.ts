import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { createRequire } from "node:module"
import { createServer, type AddressInfo, type Server } from "node:net"
import path from "node:path"
import { setTimeout } from "node:timers/promises"

import { CreateTableCommand, DynamoDBClient, ListTablesCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb"
import { tableDefinition } from "@posthorn/aws/store/table"

import { dynamodbLocalFolder } from "../../scripts/dynamodb-local.ts"

/** A DynamoDB on this machine, in memory. */
export interface Engine {
  client: DynamoDBClient
  /** An empty table; answers its name. */
  createTable(): Promise<string>
  close(): Promise<void>
}

/** In process, a few milliseconds to start. It shows index entries at once and counts no capacity for them. */
export const startDynalite = async (): Promise<Engine> => {
  const dynalite = createRequire(import.meta.url)("dynalite") as (options: { createTableMs: number }) => Server
  const server = dynalite({ createTableMs: 0 })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return engineAt((server.address() as AddressInfo).port, async () => {
    server.close()
    await once(server, "close")
  })
}

const JAVA_VERSION_MIN = 17
const STARTS_WITHIN_MS = 60_000

/** Why DynamoDB Local cannot run here, or null where it can. Where tests are required the reason is an error. */
export const whyNoDynamodbLocal = (): string | null => {
  const reason = missing()
  if (reason !== null && process.env.POSTHORN_TESTS_REQUIRED) throw new Error(`DynamoDB Local is required: ${reason}`)
  return reason
}

const missing = (): string | null => {
  const { stderr, error } = spawnSync("java", ["-version"], { encoding: "utf8" })
  if (error !== undefined) return `Java ${String(JAVA_VERSION_MIN)} or newer is not installed`
  const version = Number(/version "(\d+)/.exec(stderr)?.[1])
  if (!(version >= JAVA_VERSION_MIN)) return `Java is older than ${String(JAVA_VERSION_MIN)}`
  if (dynamodbLocalFolder() === null) return "run `node scripts/node.mjs scripts/dynamodb-local.ts` to install it"
  return null
}

/** AWS's own emulator, the judge: its capacity figures are those of DynamoDB. */
export const startDynamodbLocal = async (): Promise<Engine> => {
  const folder = dynamodbLocalFolder()
  if (folder === null) throw new Error("DynamoDB Local is not installed")
  const port = await freePort()
  const java = spawn(
    "java",
    [
      `-Djava.library.path=${path.join(folder, "DynamoDBLocal_lib")}`,
      ...["-Xmx512m", "-jar", path.join(folder, "DynamoDBLocal.jar")],
      ...["-inMemory", "-disableTelemetry", "-port", String(port)],
    ],
    { stdio: "ignore" },
  )
  const engine = engineAt(port, async () => {
    if (java.exitCode !== null || java.signalCode !== null) return
    java.kill("SIGKILL")
    await once(java, "exit")
  })
  const deadline = performance.now() + STARTS_WITHIN_MS
  while (!(await answers(engine.client))) {
    if (java.exitCode !== null) throw new Error(`DynamoDB Local ended with exit code ${String(java.exitCode)}`)
    if (performance.now() > deadline) {
      await engine.close()
      throw new Error(`DynamoDB Local did not answer within ${String(STARTS_WITHIN_MS)} ms`)
    }
    await setTimeout(100)
  }
  return engine
}

const engineAt = (port: number, stop: () => Promise<void>): Engine => {
  const client = new DynamoDBClient({
    region: "local",
    endpoint: `http://127.0.0.1:${String(port)}`,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  })
  let tables = 0
  return {
    client,
    async createTable() {
      tables += 1
      const name = `posthorn-${String(tables)}`
      await client.send(new CreateTableCommand(tableDefinition(name)))
      await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.005, maxDelay: 0.05 }, { TableName: name })
      return name
    },
    async close() {
      client.destroy()
      await stop()
    },
  }
}

const answers = async (client: DynamoDBClient): Promise<boolean> => {
  try {
    await client.send(new ListTablesCommand({}))
    return true
  } catch {
    return false
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
