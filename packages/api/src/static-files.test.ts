import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { testApi } from "./fixture.ts"
import { filesIn } from "./static-files.ts"

let outside: string
let folder: string
beforeAll(() => {
  outside = mkdtempSync(path.join(os.tmpdir(), "posthorn-static-"))
  folder = path.join(outside, "static")
  mkdirSync(path.join(folder, "docs"), { recursive: true })
  for (const file of ["../secret.txt", "docs/page.html", "docs/.env", "app.js", "picture.svg", "data.unknown"])
    writeFileSync(path.join(folder, file), `text of ${file}`)
})
afterAll(() => rmSync(outside, { recursive: true }))

const readText = async (asked: string) => {
  const file = await filesIn(folder).readFile(asked)
  return file && new TextDecoder().decode(file.body)
}

describe("files beside the code", () => {
  it.each([
    ["docs/page.html", "text/html; charset=utf-8"],
    ["app.js", "text/javascript; charset=utf-8"],
    ["picture.svg", "image/svg+xml; charset=utf-8"],
    ["data.unknown", "application/octet-stream"],
  ])("%s has its content and is %s", async (asked, contentType) => {
    expect(await readText(asked)).toBe(`text of ${asked}`)
    expect((await filesIn(folder).readFile(asked))?.contentType).toBe(contentType)
  })

  it.each([
    "../secret.txt",
    "docs/../../secret.txt",
    "docs/../app.js",
    "./app.js",
    "/app.js",
    "//app.js",
    "docs//page.html",
    "docs\\page.html",
    "docs/.env",
    "docs%2fpage.html",
    "app.js\0",
    "docs/page.html\n",
    "",
    ".",
    "docs",
    "docs/",
    "app.js/page.html",
    "missing.html",
    "a".repeat(5_000),
  ])("there is nothing at %j", async (asked) => {
    expect(await readText(asked)).toBeNull()
  })

  it("is read once", async () => {
    const files = filesIn(folder)
    const file = path.join(folder, "once.txt")
    writeFileSync(file, "kept")
    const first = await files.readFile("once.txt")
    rmSync(file)
    expect(await files.readFile("once.txt")).toBe(first)
  })
})

describe("the API's files", () => {
  it("are kept by browsers, and asked for again: what is the same has no body", async () => {
    const { app } = testApi()
    const first = await app.request("/docs")
    expect([first.status, first.headers.get("cache-control")]).toEqual([200, "no-cache"])
    const again = await app.request("/docs", { headers: { "if-none-match": first.headers.get("etag")! } })
    expect([again.status, await again.text()]).toEqual([304, ""])
    expect((await app.request("/docs", { headers: { "if-none-match": '"another"' } })).status).toBe(200)
    expect((await app.request("/docs/style.css")).headers.get("etag")).not.toBe(first.headers.get("etag"))
  })

  it("are no way to other files, and one that is absent is a problem like any other", async () => {
    const { call } = testApi()
    for (const asked of ["/docs/missing.css", "/docs/..%2f..%2fpackage.json", "/docs/%2e%2e%2fpackage.json"])
      expect((await call("GET", asked)).body).toMatchObject({ status: 404, code: "not_found" })
    const { app } = testApi({ staticFiles: filesIn(path.join(folder, "nowhere")) })
    expect((await app.request("/docs")).status).toBe(404)
    expect((await app.request("/openapi.json")).status).toBe(200)
  })
})
