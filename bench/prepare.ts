import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"

import { createEndpoint } from "@posthorn/api/endpoint-create"
import { createSeal } from "@posthorn/core/seal"
import { openStore } from "@posthorn/local/store/open"

import { type Load, rowsOf } from "./events.ts"
import type { Target } from "./receiver-process.ts"

/** A relay's file before a run. */
export interface Prepared {
  path: string
  encryptionKey: string
  remove: () => Promise<void>
}

/** Appended in one transaction: what is prepared is not measured. */
const TOGETHER = 500

export const temporaryDirectory = (): Promise<string> => mkdtemp(path.join(tmpdir(), "posthorn-bench-"))

/** Endpoints and events in a file on disk. Made in another process than the relay's, whose memory is to be its own. */
export const prepare = async (targets: Target[], load: Load): Promise<Prepared> => {
  const directory = await temporaryDirectory()
  const file = path.join(directory, "posthorn.db")
  const encryptionKey = randomBytes(32)
  const bytes = (size: number): Uint8Array => randomBytes(size)
  const store = openStore({ path: file })

  const clock = { now: () => Date.now(), sleep: async () => {} }
  const seal = createSeal({ keys: [new Uint8Array(encryptionKey)], randomBytes: bytes })
  for (const { url, secret } of targets)
    await createEndpoint({ url, secret }, null, { store, clock, randomBytes: bytes, seal, allowPrivateUrls: true })

  let appends: Promise<boolean>[] = []
  for (const row of rowsOf(load)) {
    appends.push(store.appendEvent(row))
    if (appends.length < TOGETHER) continue
    await Promise.all(appends)
    appends = []
  }
  await Promise.all(appends)
  await store.close()
  return {
    path: file,
    encryptionKey: encryptionKey.toString("base64"),
    remove: () => rm(directory, { recursive: true }),
  }
}
