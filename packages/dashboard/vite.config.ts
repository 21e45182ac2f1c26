import path from "node:path"

import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

/** Where the API finds what it serves; not in git. */
const served = path.join(import.meta.dirname, "../api/static/dashboard")

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: served,
    emptyOutDir: true,
    target: "es2023",
    // The policy allows no data: addresses, and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `npm run dashboard`: the page with its source, on the API of a relay that runs beside it.
  server: { proxy: Object.fromEntries(["/v1", "/docs", "/openapi.json"].map((at) => [at, "http://127.0.0.1:4600"])) },
})
