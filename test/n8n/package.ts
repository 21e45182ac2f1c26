import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"

import type * as Core from "n8n-core"
import type { ICredentialType, INodeType } from "n8n-workflow"
import type * as Workflow from "n8n-workflow"

/** The node package as it is built, loaded by n8n's own loader, with n8n's own libraries from its folder. */
export const folder = path.join(import.meta.dirname, "../../packages/n8n-nodes-posthorn")
const fromPackage = createRequire(path.join(folder, "package.json"))

/** Why the node cannot be tried here, or null where it can. Where tests are required the reason is an error. */
export const whyNoN8n = (): string | null => {
  const isBuilt = existsSync(path.join(folder, "dist")) && existsSync(path.join(folder, "node_modules/n8n-core"))
  const reason = isBuilt
    ? null
    : "run `node scripts/node.mjs scripts/n8n.ts` to install n8n's libraries and to build the node"
  if (reason !== null && process.env.POSTHORN_TESTS_REQUIRED) throw new Error(`the n8n node is required: ${reason}`)
  return reason
}

/** n8n's libraries. Their folder is that of the global set-up. */
export const loadN8n = (): { core: typeof Core; workflow: typeof Workflow } => ({
  core: fromPackage("n8n-core") as typeof Core,
  workflow: fromPackage("n8n-workflow") as typeof Workflow,
})

/** As n8n finds node and credentials: by the `n8n` block of package.json, in `dist`. */
export const loadPackage = async (): Promise<{ node: INodeType; credential: ICredentialType }> => {
  const loader = new (loadN8n().core.PackageDirectoryLoader)(folder)
  await loader.loadAll()
  const node = loader.nodeTypes["posthornTrigger"]?.type
  const credential = loader.credentialTypes["posthornApi"]?.type
  if (node === undefined || credential === undefined) throw new Error("n8n does not find the node or its credentials")
  return { node: node as INodeType, credential }
}

/** A module of the built node, by its name without `.js`. */
export const built = (name: string): unknown => fromPackage(`./dist/nodes/PosthornTrigger/${name}.js`)
