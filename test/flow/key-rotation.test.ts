import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"

import { isSigned, startReceiver, type Receiver } from "../receiver.ts"
import { startRelay, type Relay } from "../relay.ts"

let folder: string
let receiver: Receiver
let relay: Relay
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-rotation-"))
  receiver = await startReceiver()
})
afterEach(async () => {
  await relay.stop()
  await relay.simulator.close()
  await receiver.close()
  rmSync(folder, { recursive: true })
})

it("a start with a new key in front seals all anew, so that the old one can go and deliveries go on", async () => {
  const file = path.join(folder, "posthorn.db")
  const [older, newer] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  const first = await startRelay({ path: file })
  relay = first
  const restart = async (...encryptionKeys: Uint8Array[]): Promise<void> => {
    await relay.stop()
    relay = await startRelay({ path: file, like: { ...first, encryptionKeys } })
  }
  await restart(older)
  const { id, secret } = await relay.endpoint(`${receiver.url}/hook`, { headers: { "x-token": "kept" } })
  expect(relay.logged.join()).not.toContain("endpoints.resealed")

  await restart(newer, older)
  expect(relay.logged.join()).toContain('"fact":"endpoints.resealed","resealed":1,"left":0')

  await restart(newer)
  expect((await relay.api(`/v1/endpoints/${id}/test`, { method: "POST" })).status).toBe(202)
  const [request] = await receiver.waitFor(1)
  expect(isSigned(request!, secret)).toBe(true)
  expect(request!.headers["x-token"]).toBe("kept")
})
