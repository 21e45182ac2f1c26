import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"

import { bundle, type HandlerName, handlers } from "@posthorn/aws/build"

import { type Engine, startDynalite, startDynamodbLocal, whyNoDynamodbLocal } from "../contract/dynamodb-engine.ts"
import { startMoto } from "./moto.ts"

/** Emulators and bundles, for all clouds of a suite. */
export interface Region {
  engine: Engine
  moto: { port: number; close(): Promise<void> }
  bundles: Record<HandlerName, string>
  close(): Promise<void>
}

export const openRegion = async (): Promise<Region> => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-cloud-"))
  const standIn = (name: string): string => path.join(import.meta.dirname, "stand-ins", name)
  const replace = { "deps/clock.ts": standIn("clock.ts"), "deps/post.ts": standIn("post.ts") }
  const [engine, moto, files] = await Promise.all([
    whyNoDynamodbLocal() === null ? startDynamodbLocal() : startDynalite(),
    startMoto(),
    Promise.all(handlers.map(async (name) => [name, (await bundle(name, folder, replace)).file] as const)),
  ])
  return {
    engine,
    moto,
    bundles: Object.fromEntries(files) as Record<HandlerName, string>,
    close: async () => {
      await Promise.all([engine.close(), moto.close()])
      rmSync(folder, { recursive: true })
    },
  }
}
