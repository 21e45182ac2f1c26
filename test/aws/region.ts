import { cpSync, mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"

import { bundleFile } from "@posthorn/aws/build"

import { type Engine, startDynalite, startDynamodbLocal, whyNoDynamodbLocal } from "../contract/dynamodb-engine.ts"
import type { Plan } from "../infra/plan.ts"
import { type Deployment, deploymentOf, type FunctionName } from "./deployment.ts"
import { startMoto } from "./moto.ts"

/** Emulators and bundles, for all clouds of a suite. */
export interface Region {
  deployment: Deployment
  engine: Engine
  moto: { port: number; close(): Promise<void> }
  /** Of the files that the plan names. */
  bundles: Record<FunctionName, string>
  close(): Promise<void>
}

const root = path.resolve(import.meta.dirname, "../..")

export const openRegion = async (plan: Plan): Promise<Region> => {
  const deployment = deploymentOf(plan)
  const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-cloud-"))
  const standIn = (name: string): string => path.join(import.meta.dirname, "stand-ins", name)
  const replace = { "deps/clock.ts": standIn("clock.ts"), "deps/post.ts": standIn("post.ts") }
  const [engine, moto, files] = await Promise.all([
    whyNoDynamodbLocal() === null ? startDynamodbLocal() : startDynalite(),
    startMoto(),
    Promise.all(
      Object.entries(deployment.functions).map(async ([name, { source, copied }]) => {
        const own = path.join(folder, name)
        for (const { from, to } of copied) cpSync(path.join(root, from), path.join(own, to), { recursive: true })
        return [name, (await bundleFile(path.join(root, source), own, replace)).file] as const
      }),
    ),
  ])
  return {
    deployment,
    engine,
    moto,
    bundles: Object.fromEntries(files) as Record<FunctionName, string>,
    close: async () => {
      await Promise.all([engine.close(), moto.close()])
      rmSync(folder, { recursive: true })
    },
  }
}
