// The bin of a packed tarball: one file with everything in it, so that it installs without dependencies.
import { build } from "esbuild"
import path from "node:path"

await build({
  absWorkingDir: path.resolve(import.meta.dirname),
  entryPoints: ["src/main.ts"],
  outfile: "dist/posthorn.cjs",
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  legalComments: "inline",
  banner: { js: "#!/usr/bin/env node" },
  logLevel: "warning",
})
