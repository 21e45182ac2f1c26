import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"

import type express from "express"
import { afterAll, describe, expect, it } from "vitest"

import { handler } from "@posthorn/sdk/express"
import { expectHandles, post, useServers } from "../../packages/sdk/src/handlers/test-server.ts"
import { OTHER_SECRET, SECRET, signed } from "../../packages/sdk/src/verify/test-webhook.ts"
import { RUNTIMES_FOLDER } from "../../scripts/sdk-runtimes.ts"
import { freshProject, pack, run } from "./fresh-project.ts"
import { serve } from "./serve.ts"
import { whyNoRuntimes } from "./why-no-runtimes.ts"

const SLOW_MS = 300_000
const reason = whyNoRuntimes()
const listen = useServers()

describe.skipIf(reason !== null)(`the SDK in a framework${reason === null ? "" : ` (${reason})`}`, () => {
  const cleanups: (() => unknown)[] = []
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup()
  })

  it("answers each outcome on Express 4, before its parsers and behind them", async () => {
    const express4 = createRequire(path.join(RUNTIMES_FOLDER, "package.json"))("express4") as typeof express
    const keep = (request: object, _: unknown, rawBody: Buffer): void => void Object.assign(request, { rawBody })
    const mount = async (parser: express.RequestHandler, handle: express.RequestHandler) => {
      const app = express4().use(parser)
      app.post("/hook", handle)
      return post(await listen((request, response) => void app(request, response)))
    }
    for (const parser of [
      express4.Router(),
      express4.raw({ type: "*/*", limit: "2mb" }),
      express4.json({ limit: "2mb", verify: keep }),
    ])
      await expectHandles((options, callback) => mount(parser, handler(options, callback)))
    // Express 4 says {} for a body that no parser took.
    await expectHandles((options, callback) => mount(express4.json({ type: "text/x" }), handler(options, callback)))
    const send = await mount(
      express4.json(),
      handler({ secret: SECRET }, () => undefined),
    )
    expect((await send(signed())).body).toMatch(/^body_changed: .*req\.rawBody = raw/)
  })

  it(
    "is a route of a Next app that is built and started",
    async () => {
      // Inside the folder, since Next looks for itself in the folders above.
      const folder = mkdtempSync(path.join(RUNTIMES_FOLDER, ".project-"))
      cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
      const project = freshProject(folder, pack("packages/sdk", folder), {
        "next.config.mjs": `export default { turbopack: { root: ${JSON.stringify(RUNTIMES_FOLDER)} } }`,
        "app/hook/route.js": `
        import { slowDown } from "@posthorn/sdk"
        import { handler } from "@posthorn/sdk/next"
        export const POST = handler({ secret: process.env.POSTHORN_SECRET }, (event) =>
          event.type === "custom.slow" ? slowDown(7) : undefined)`,
      })
      const next = path.join(RUNTIMES_FOLDER, "node_modules/next/dist/bin/next")
      const env = { NEXT_TELEMETRY_DISABLED: "1" }
      // Without the secret: a build has none, and must not need it.
      expect(run(process.execPath, [next, "build"], { cwd: project, env })).toContain("/hook")

      const server = await serve(process.execPath, [next, "start", "--port", "0", "--hostname", "127.0.0.1"], {
        cwd: project,
        env: { ...env, POSTHORN_SECRET: SECRET },
      })
      cleanups.push(server.end)
      const send = post(`${server.url}/hook`)
      expect(await send(signed())).toMatchObject({ status: 204, body: "" })
      const slow = await send(signed({ body: signed().body.replace('"ping"', '"custom.slow"') }))
      expect([slow.status, slow.headers.get("retry-after")]).toEqual([429, "7"])
      expect((await send(signed({ secret: OTHER_SECRET }))).body).toMatch(/^wrong_secret: /)
    },
    SLOW_MS,
  )
})
