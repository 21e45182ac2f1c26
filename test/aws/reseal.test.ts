import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"

import { bundle } from "@posthorn/aws/build"
import { createStore } from "@posthorn/aws/store/client"
import { secretContext } from "@posthorn/core/delivery/seal-context"
import { newSecret } from "@posthorn/core/delivery/sign"
import { createSeal } from "@posthorn/core/seal"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { type Engine, startDynalite } from "../contract/dynamodb-engine.ts"
import { endpoint, endpointId } from "../contract/rows.ts"

const run = promisify(execFile)
const key = (fill: number) => Buffer.alloc(32, fill)
const sealWith = (...fills: number[]) => createSeal({ keys: fills.map(key), randomBytes })

describe("the sweep on AWS, while a key is being replaced", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-reseal-"))
  let engine: Engine
  let file: string
  beforeAll(async () => {
    engine = await startDynalite()
    file = (await bundle("sweep", folder)).file
  })
  afterAll(async () => {
    await engine.close()
    rmSync(folder, { recursive: true })
  })

  /** The bundled handler in a process of its own; answers its log. Nothing is due, so that it asks DynamoDB alone. */
  const sweep = async (tableName: string, ...fills: number[]): Promise<string> => {
    const { hostname, port } = await engine.client.config.endpoint!()
    const links = {
      App: { name: "posthorn", stage: "test" },
      Table: { name: tableName },
      Bus: { name: "none" },
      DeliveryQueue: { url: "http://127.0.0.1/none" },
      EncryptionKey: { value: fills.map((fill) => key(fill).toString("base64")).join() },
    }
    const env = {
      AWS_REGION: "local",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL: `http://${hostname}:${String(port)}`,
      SST_RESOURCES_JSON: JSON.stringify(links),
    }
    const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)}); await handler(); process.exit()`
    return (await run(process.execPath, ["--input-type=module", "-e", script], { env })).stdout
  }

  it("seals endpoints anew with the new key, says when none is left, and leaves them alone with one key", async () => {
    const tableName = await engine.createTable()
    const store = createStore({ client: engine.client, tableName, retentionDays: 30 })
    const secret = newSecret(randomBytes)
    const row = endpoint(endpointId("resealed"))
    const sealed = sealWith(1).seal(secret, secretContext(row.id))
    await store.putEndpoint({ ...row, secrets: [{ sealed, expiresAt: null }], headers: {} }, null)

    expect(await sweep(tableName, 1)).not.toContain("endpoints.resealed")
    expect(await store.getEndpoint(row.id)).toMatchObject({ secrets: [{ sealed }] })

    expect(await sweep(tableName, 2, 1)).toMatch(/"fact":"endpoints.resealed","resealed":1,"left":0/)
    const after = (await store.getEndpoint(row.id))!
    expect(sealWith(2).open(after.secrets[0]!.sealed, secretContext(row.id))).toBe(secret)
    expect(after.revision).toBe(row.revision)
    expect(await sweep(tableName, 2, 1)).toMatch(/"fact":"endpoints.resealed","resealed":0,"left":0/)
  })
})
