// `npm run build`, and npm's `prepare`: the dashboard's page, to where the API serves it from. A missing tool is no reason to fail an
// install: without the page the API runs all the same, and says how to build it.
import { createRequire } from "node:module"
import path from "node:path"

const isPrepare = process.env.npm_lifecycle_event === "prepare"

const isInstalled = (name: string): boolean => {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`)
    return true
  } catch {
    return false
  }
}

if (isPrepare && !["vite", "@vitejs/plugin-react", "react"].every(isInstalled)) {
  console.error("The dashboard is not built: its tools are development dependencies. With them: npm run build")
} else {
  const { build } = await import("vite")
  await build({
    configFile: path.join(import.meta.dirname, "../packages/dashboard/vite.config.ts"),
    logLevel: isPrepare ? "warn" : "info",
  })
}
