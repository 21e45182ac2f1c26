import { execFileSync } from "node:child_process"
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { gunzipSync } from "node:zlib"
import { afterAll, beforeAll, describe as group, expect, it } from "vitest"

import { bundle } from "@posthorn/aws/build"
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda"

import { requestEvent } from "../aws/request-event.ts"
import { type Plan, planOf, platformSuite } from "./plan.ts"

const root = path.resolve(import.meta.dirname, "../..")
const suite = platformSuite("the function of the API, as it is packed")
const describe = suite.skip ? group.skip : group

describe(suite.title, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-packed-"))
  let file: string
  let inputs: string[]
  let plan: Plan
  beforeAll(async () => {
    plan = planOf("test")
    ;({ file, inputs } = await bundle("api", folder))
    for (const { from, to } of plan.functions["Api"]!.copied)
      cpSync(path.join(root, from), path.join(folder, to), { recursive: true })
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  const links = () => {
    const { functions, links: planned } = plan
    const own = { AdminKey: "an-admin-key-of-a-test", EncryptionKey: Buffer.alloc(32, 1).toString("base64") }
    const secrets = Object.entries(own).map(([name, value]) => [name, { value }] as const)
    const linked = functions["Api"]!.links.map((name) => [name, planned[name]] as const)
    return { App: { name: "posthorn", stage: "test" }, ...Object.fromEntries([...linked, ...secrets]) }
  }
  /** In a process of its own, somewhere else: the files are found by the bundle's place. */
  const get = (target: string, headers: Record<string, string> = {}): APIGatewayProxyStructuredResultV2 => {
    const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
      console.log(JSON.stringify(await handler(${JSON.stringify(requestEvent(target, undefined, "GET", headers))}, {})))`
    const env = { AWS_REGION: "eu-west-1", SST_RESOURCES_JSON: JSON.stringify(links()) }
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: os.tmpdir(),
      encoding: "utf8",
      env,
    })
    return JSON.parse(printed.trim().split("\n").at(-1)!) as APIGatewayProxyStructuredResultV2
  }

  it("shows the reference and its style from the files beside its bundle", () => {
    const page = get("/docs")
    expect([page.statusCode, page.headers?.["content-type"]]).toEqual([200, "text/html; charset=utf-8"])
    expect(page.body).toContain("GET /v1/events")
    const style = get(/href="([^"#]+\.css)"/.exec(page.body!)![1]!)
    expect([style.statusCode, style.headers?.["content-type"]]).toEqual([200, "text/css; charset=utf-8"])
  })

  it("shows the dashboard from there too, with its script compressed as a gateway takes it", () => {
    const page = get("/endpoints/anything", { accept: "text/html" })
    expect([page.statusCode, page.headers?.["content-type"]]).toEqual([200, "text/html; charset=utf-8"])
    const script = get(/src="([^"]+\.js)"/.exec(page.body!)![1]!, { "accept-encoding": "gzip" })
    expect([script.statusCode, script.isBase64Encoded, script.headers?.["content-encoding"]]).toEqual([
      200,
      true,
      "gzip",
    ])
    expect(gunzipSync(Buffer.from(script.body!, "base64")).toString()).toContain("Register an endpoint")
  })

  it("does not carry the reference in its bundle", () => {
    expect(inputs).toContain("packages/api/src/public.ts")
    expect(inputs).not.toContain("packages/api/src/reference.ts")
  })
})
