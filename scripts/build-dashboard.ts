// `npm run build`, and npm's `prepare`: the dashboard's page, to where the API serves it from. A missing tool is no reason to fail an
// install: without the page the API runs all the same, and says how to build it.
import path from "node:path"

const isPrepare = process.env.npm_lifecycle_event === "prepare"

const isInstalled = (name: string): boolean => {
  try {
    import.meta.resolve(name)
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
