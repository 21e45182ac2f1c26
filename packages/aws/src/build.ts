import path from "node:path"

import { build, type Plugin } from "esbuild"

import plugins from "../esbuild-plugins.mjs"

/** Every function of infra/, by the name of its file. */
export const handlers = ["schedule", "poll", "fanout", "deliver", "sweep", "api"] as const
export type HandlerName = (typeof handlers)[number]

const sources = import.meta.dirname

export interface Bundle {
  file: string
  bytes: number
  /** Of the sources in it, from the repository's root on. */
  inputs: string[]
}

/** A handler as SST 4.17.1 bundles it for a Lambda: an ES module, minified, with everything in it. */
export const bundle = (name: HandlerName, folder: string): Promise<Bundle> =>
  bundleFile(path.join(sources, "handlers", `${name}.ts`), folder)

/**
 * The same of any source file. `replace` stands in for modules of this folder, by their path in it: tests have neither a public
 * address to dial nor 45 seconds to wait.
 */
export const bundleFile = async (
  source: string,
  folder: string,
  replace: Record<string, string> = {},
): Promise<Bundle> => {
  const file = path.join(folder, `${path.basename(source, ".ts")}.mjs`)
  const { metafile } = await build({
    entryPoints: [source],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    metafile: true,
    logLevel: "silent",
    // Dependencies of the SDK are CommonJS here and there.
    banner: {
      js: `import { createRequire as topLevelCreateRequire } from "node:module";const require = topLevelCreateRequire(import.meta.url);`,
    },
    plugins: [...plugins, standIns(replace)],
  })
  const [output] = Object.values(metafile.outputs)
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${source}`)
  return { file, bytes: output.bytes, inputs: Object.keys(output.inputs) }
}

const standIns = (replace: Record<string, string>): Plugin => ({
  name: "stand-ins",
  setup: (build) => {
    for (const [replaced, by] of Object.entries(replace)) {
      const wanted = path.join(sources, replaced)
      build.onResolve({ filter: /\.ts$/ }, ({ path: asked, resolveDir, importer }) =>
        path.resolve(resolveDir, asked) === wanted && importer !== by ? { path: by } : undefined,
      )
    }
  },
})
