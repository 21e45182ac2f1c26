import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"

import { type Bundle, bundle, type HandlerName, handlers } from "@posthorn/aws/build"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { BYTES_MAX } from "../../scripts/bundles.ts"

describe("the bundles of the handlers", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-bundles-"))
  let bundles: Record<HandlerName, Bundle>
  beforeAll(async () => {
    const made = await Promise.all(handlers.map(async (name) => [name, await bundle(name, folder)] as const))
    bundles = Object.fromEntries(made) as Record<HandlerName, Bundle>
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(handlers)("stay small enough to start cold: %s", (name) => {
    expect(bundles[name].bytes).toBeLessThan(name === "api" ? BYTES_MAX.api : BYTES_MAX.other)
  })

  it.each(handlers)("load nothing of Node's own fetch before they are asked something: %s", (name) => {
    const url = JSON.stringify(pathToFileURL(bundles[name].file).href)
    const script = `await import(${url}); console.log(process.moduleLoadList.join()); process.exit()`
    const loaded = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" })
    expect(loaded).toContain("NativeModule crypto")
    expect(loaded).not.toContain("undici")
  })

  const carriers: [string, HandlerName[]][] = [
    ["@aws-sdk/client-dynamodb/", ["schedule", "poll", "fanout", "deliver", "sweep", "api"]],
    ["@aws-sdk/client-sqs/", ["schedule", "fanout", "deliver", "sweep", "api"]],
    ["@aws-sdk/client-eventbridge/", ["poll", "deliver", "sweep", "api"]],
    ["packages/http/src/post.ts", ["deliver"]],
    ["packages/http/src/request.ts", ["schedule", "poll", "api"]],
    ["packages/api/", ["api"]],
    ["@aws-sdk/credential-provider-sso/", []],
    ["zod/v4/locales/de.js", []],
    ["test/aws/", []],
  ]
  it.each(carriers)("carry what they use and nothing else: %s", (part, expected) => {
    expect(handlers.filter((name) => bundles[name].inputs.some((input) => input.includes(part)))).toEqual(expected)
  })
})
