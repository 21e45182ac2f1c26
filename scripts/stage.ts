// Makes what is published of a workspace: `node scripts/node.mjs scripts/stage.ts packages/sdk` writes packages/sdk/dist, and
// `npm publish packages/sdk/dist` would publish it. In the repository a workspace is imported as TypeScript source, so its
// package.json is private and its exports lead to src; the staged one leads to the JavaScript and types beside it.
import { spawnSync } from "node:child_process"
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"

interface Manifest {
  private?: boolean
  exports?: Record<string, string>
  bin?: Record<string, string>
  scripts?: unknown
  devDependencies?: unknown
  [field: string]: unknown
}

const root = path.resolve(import.meta.dirname, "..")
/** JSON Schemas of the events, as the API serves them; a package with `./schemas/*` among its exports gets them. */
const SCHEMAS = path.join(root, "packages/api/static/schemas")

const javascriptOf = (source: string): string => source.replace(/^\.\/src\//, "./lib/").replace(/\.ts$/, ".js")

/** Sources become JavaScript with its types, JSON stays. */
const staged = (target: string): unknown =>
  target.endsWith(".ts")
    ? { types: javascriptOf(target).replace(/\.js$/, ".d.ts"), default: javascriptOf(target) }
    : target

const manifestOf = ({ private: _, scripts: __, devDependencies: ___, exports, bin, ...rest }: Manifest): object => ({
  ...rest,
  ...(bin && { bin: Object.fromEntries(Object.entries(bin).map(([name, file]) => [name, javascriptOf(file)])) }),
  ...(exports && { exports: Object.fromEntries(Object.entries(exports).map(([name, file]) => [name, staged(file)])) }),
  files: ["lib", ...(exports?.["./schemas/*"] === undefined ? [] : ["schemas"])],
})

/** The compiler writes `.js` into JavaScript, but leaves `.ts` in types, where an older compiler does not look. */
const TYPESCRIPT_IMPORT = /((?:from |import\()"\.{1,2}\/[^"]+)\.ts(")/g

/** Writes a workspace's `dist`, or another folder; answers its path. Throws with the compiler's words if it does not compile. */
export const stage = (workspace: string, dist = path.join(root, workspace, "dist")): string => {
  const folder = path.join(root, workspace)
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })

  const tsc = path.join(root, "node_modules/typescript/bin/tsc")
  const project = path.join(folder, "tsconfig.build.json")
  const args = [tsc, "--project", project, "--outDir", path.join(dist, "lib")]
  const compiled = spawnSync(process.execPath, args, { encoding: "utf8" })
  if (compiled.status !== 0) throw new Error(`${workspace} does not compile:\n${compiled.stdout}${compiled.stderr}`)
  for (const file of globSync(path.join(dist, "lib/**/*.d.ts")))
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(TYPESCRIPT_IMPORT, "$1.js$2"))

  const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest
  writeFileSync(path.join(dist, "package.json"), `${JSON.stringify(manifestOf(manifest), null, 2)}\n`)
  cpSync(path.join(folder, "README.md"), path.join(dist, "README.md"))
  cpSync(path.join(root, "LICENSE"), path.join(dist, "LICENSE"))
  if (manifest.exports?.["./schemas/*"] !== undefined) cpSync(SCHEMAS, path.join(dist, "schemas"), { recursive: true })
  return dist
}

if (import.meta.main) {
  const [workspace] = process.argv.slice(2)
  if (workspace === undefined)
    throw new Error("Which workspace? For example: node scripts/node.mjs scripts/stage.ts packages/sdk")
  console.log(stage(workspace))
}
