import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterAll, beforeAll, expect, test } from "vitest"

import * as snippets from "./snippets.ts"

const { nodeStandard, SECRET_VARIABLE } = snippets

/** The example that Standard Webhooks' own libraries test with. */
const golden = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  body: '{"test": 2432232314}',
  headers: {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  },
}
/** The moment at which the example was signed: the library refuses what is older than five minutes. */
const thatDay = "data:text/javascript,Date.now=()=>1614265330000"
const root = path.join(import.meta.dirname, "../../../../..")
const TRIES_MAX = 400

const folder = mkdtempSync(path.join(tmpdir(), "snippet-"))
const socket = path.join(folder, "receiver.sock")
// In the repository, where `standardwebhooks` is found; the port may be a socket's path, which nobody else takes meanwhile.
const receiver = spawn(process.execPath, ["--import", thatDay, "--input-type=module", "--eval", nodeStandard], {
  cwd: root,
  env: { ...process.env, [SECRET_VARIABLE]: golden.secret, PORT: socket },
  stdio: ["ignore", "pipe", "inherit"],
})

const post = async (body: string, headers: Record<string, string>): Promise<number | undefined> => {
  const asked = request({ socketPath: socket, method: "POST", headers })
  asked.end(body)
  const [response] = (await once(asked, "response")) as [{ statusCode?: number; resume: () => void }]
  response.resume()
  return response.statusCode
}

beforeAll(async () => {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (receiver.exitCode !== null) throw new Error(`the snippet ended by itself, with ${receiver.exitCode}`)
    const isUp = await post("", {}).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error("the snippet does not listen")
})
afterAll(() => {
  receiver.kill()
  rmSync(folder, { recursive: true })
})

test("the receiver for Node takes the golden signature of Standard Webhooks", async () => {
  expect(await post(golden.body, golden.headers)).toBe(204)
})

test("it refuses another body, another id, no signature", async () => {
  expect(await post('{"test":2432232314}', golden.headers)).toBe(401)
  expect(await post(golden.body, { ...golden.headers, "webhook-id": "msg_other" })).toBe(401)
  expect(await post(golden.body, {})).toBe(401)
})

test("no snippet has a secret in it; each takes it from the environment", () => {
  for (const [name, text] of Object.entries(snippets)) {
    expect(text, name).not.toContain("whsec_")
    if (/^(node|python|go)/.test(name)) expect(text, name).toContain(SECRET_VARIABLE)
  }
})
