import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { gunzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { dashboardPaths } from "./dashboard-paths.ts"
import { testApi } from "./fixture.ts"
import { filesIn } from "./static-files.ts"

const SCRIPT = `console.log(${JSON.stringify("horn ".repeat(1_000))})`
let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-page-"))
  mkdirSync(path.join(folder, "dashboard/assets"), { recursive: true })
  writeFileSync(path.join(folder, "dashboard/index.html"), "<!doctype html><title>Posthorn</title>")
  writeFileSync(path.join(folder, "dashboard/favicon.svg"), "<svg/>")
  writeFileSync(path.join(folder, "dashboard/assets/index-abc.js"), SCRIPT)
})
afterAll(() => rmSync(folder, { recursive: true }))

const stranger = (given: Record<string, string> = {}) => {
  const { app } = testApi({ staticFiles: filesIn(folder) })
  return (address: string, headers: Record<string, string> = given, method = "GET") =>
    app.request(address, { method, headers })
}
const asBrowser = { accept: "text/html,application/xhtml+xml" }

describe("the dashboard's page", () => {
  it.each(Object.values(dashboardPaths))(
    "%s is answered without a key, strict about what it may load",
    async (address) => {
      const answer = await stranger()(address.replace(":id", "anything"))
      expect(answer.status).toBe(200)
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8")
      const policy = answer.headers.get("content-security-policy") ?? ""
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/)
      expect(policy).toMatch(/frame-ancestors 'none'/)
      expect(policy).not.toMatch(/unsafe|data:|blob:/)
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer")
      expect(answer.headers.get("cache-control")).toBe("no-cache")
    },
  )

  it("at an address that does not exist is a 404 for a person, and a problem document for a program", async () => {
    const ask = stranger()
    const page = await ask("/nowhere/at/all", asBrowser)
    expect(page.status).toBe(404)
    expect(await page.text()).toContain("<title>Posthorn</title>")
    for (const [address, headers] of [
      ["/nowhere", {}],
      ["/nowhere", { accept: "application/json" }],
      ["/assets/missing.js", asBrowser],
    ] as const) {
      const answer = await ask(address, headers)
      expect(answer.status).toBe(404)
      expect(answer.headers.get("content-type")).toBe("application/problem+json")
    }
    expect((await ask("/v1/nowhere", { ...asBrowser, authorization: "Bearer wrong" })).status).toBe(401)
    expect((await ask("/nowhere", asBrowser, "POST")).headers.get("content-type")).toBe("application/problem+json")
  })

  it("is not sent again while it is the same", async () => {
    const ask = stranger()
    const tag = (await ask("/events")).headers.get("etag") ?? ""
    expect((await ask("/keys", { "if-none-match": tag })).status).toBe(304)
  })

  it("loads scripts that are kept for a year and travel compressed", async () => {
    const ask = stranger()
    const plain = await ask("/assets/index-abc.js")
    expect(await plain.text()).toBe(SCRIPT)
    expect(plain.headers.get("cache-control")).toBe("public, max-age=31536000, immutable")
    const packed = await ask("/assets/index-abc.js", { "accept-encoding": "gzip" })
    expect(packed.headers.get("content-encoding")).toBe("gzip")
    const bytes = Buffer.from(await packed.arrayBuffer())
    expect(bytes.length).toBeLessThan(SCRIPT.length / 10)
    expect(gunzipSync(bytes).toString()).toBe(SCRIPT)
  })

  it("that was not built says how to build it, while the API runs", async () => {
    const { app, call } = testApi({ staticFiles: filesIn(path.join(folder, "nothing")) })
    for (const address of ["/", "/events", "/endpoints/new"]) {
      const answer = await app.request(address)
      expect(answer.status).toBe(503)
      expect(await answer.text()).toContain("<code>npm run build</code>")
    }
    expect((await call("GET", "/v1/me")).status).toBe(200)
  })
})
