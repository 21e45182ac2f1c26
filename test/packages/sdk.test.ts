import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"

import { schemaNames } from "@posthorn/api/event-json-schemas"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { freshProject, pack, ROOT, run, temporaryFolder } from "./fresh-project.ts"

const SLOW_MS = 120_000

let project = ""
const { folder, remove } = temporaryFolder()
beforeAll(() => {
  project = freshProject(folder, pack("packages/sdk", folder), {
    "narrowing.ts": readFileSync(path.join(import.meta.dirname, "consumer/narrowing.ts"), "utf8"),
  })
}, SLOW_MS)
afterAll(remove)

const installed = (...parts: string[]): string => path.join(project, "node_modules/@posthorn/sdk", ...parts)
const program = (text: string): string => {
  const file = path.join(project, "program.mjs")
  writeFileSync(file, text)
  return run(process.execPath, [file], { cwd: project })
}

describe("the packed SDK in a project of somebody else's", () => {
  it("brings nothing but itself", () => {
    const manifest = JSON.parse(readFileSync(installed("package.json"), "utf8")) as Record<string, unknown>
    for (const field of ["dependencies", "peerDependencies", "optionalDependencies", "scripts", "private"])
      expect(manifest).not.toHaveProperty(field)
    expect(readdirSync(path.join(project, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "@posthorn",
    ])
    expect(readdirSync(installed()).sort()).toEqual(["LICENSE", "README.md", "lib", "package.json", "schemas"])
    const files = readdirSync(installed("lib"), { recursive: true }).map(String)
    expect(files.filter((file) => /test|(?<!\.d)\.ts$/.test(file))).toEqual([])
  })

  it("has every entry that its manifest names, and imports none from outside", () => {
    const { exports } = JSON.parse(readFileSync(installed("package.json"), "utf8")) as {
      exports: Record<string, unknown>
    }
    const entries = Object.keys(exports).filter((entry) => !/json$|\*$/.test(entry))
    expect(entries.length).toBeGreaterThan(4)
    const output = program(`
      for (const entry of ${JSON.stringify(entries)}) {
        const found = await import("@posthorn/sdk" + entry.slice(1))
        console.log(entry, Object.keys(found).includes(entry === "." ? "verify" : "handler"))
      }`)
    expect(output.trim().split("\n")).toEqual(entries.map((entry) => `${entry} true`))
    for (const file of readdirSync(installed("lib"), { recursive: true }).map(String))
      if (/\.(js|d\.ts)$/.test(file))
        for (const [, from] of readFileSync(installed("lib", file), "utf8").matchAll(/\b(?:from |import\()"([^"]+)"/g))
          expect(from).toMatch(/^\.{1,2}\/.*\.js$/)
  })

  it("has the JSON Schema of every event", () => {
    const output = program(`
      for (const name of ${JSON.stringify(schemaNames)}) {
        const { default: schema } = await import(\`@posthorn/sdk/schemas/\${name}.json\`, { with: { type: "json" } })
        console.log(schema.$id)
      }`)
    expect(output.trim().split("\n")).toEqual(schemaNames.map((name) => `/schemas/${name}.json`))
  })

  const lib = ["es2022", "dom", "dom.iterable"]
  it.each<[string, Record<string, unknown>]>([
    ["nodenext", { module: "nodenext", moduleResolution: "nodenext", lib }],
    ["a bundler", { module: "esnext", moduleResolution: "bundler", lib }],
    ["nodenext and Node's types instead of a browser's", { module: "nodenext", lib: ["es2022"], types: ["node"] }],
  ])(
    "tells the events apart for a strict compiler that resolves as %s",
    (_, options) => {
      const config = {
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          noEmit: true,
          target: "es2022",
          types: [],
          typeRoots: [path.join(ROOT, "node_modules/@types")],
          ...options,
        },
        include: ["narrowing.ts"],
      }
      writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify(config))
      const listed = run(process.execPath, [path.join(ROOT, "node_modules/typescript/bin/tsc"), "--listFiles"], {
        cwd: project,
      })
      expect(listed).toContain("node_modules/@posthorn/sdk/lib/index.d.ts")
    },
    SLOW_MS,
  )
})
