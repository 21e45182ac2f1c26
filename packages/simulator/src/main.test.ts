import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { expect, test } from "vitest"
import { listening } from "./test-support.ts"

test("runs on its own, and is controlled over HTTP", async () => {
  const main = new URL("main.ts", import.meta.url).pathname
  const child = spawn(process.execPath, [main, "--accounts", "1"], { stdio: ["ignore", "pipe", "inherit"] })
  const [line] = (await once(createInterface(child.stdout), "line")) as [string]
  const { url } = JSON.parse(line) as { url: string }
  const control = async (name: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
    const response = await fetch(new URL(`/_simulator/${name}`, url), init)
    return [response.status, await response.json()] as [number, Record<string, string>[] & Record<string, string>]
  }
  try {
    const [, accounts] = await control("accounts")
    const account = accounts[0]!["id"]
    const [, conversation] = await control("conversation", { account, people: ["Alice Example"] })
    const [, written] = await control("write", { conversation: conversation["id"], text: "over HTTP" })
    expect((await control("messages"))[1]).toMatchObject([
      { id: written["id"], text: "over HTTP", accounts: [account] },
    ])
    await control("fault", { kind: "status", status: 503, times: 1 })
    const read = () => fetch(`${url}/messaging/recent-messages`, { headers: { authorization: "Bearer key" } })
    expect([(await read()).status, (await read()).status]).toEqual([503, 200])
    expect((await control("requests"))[1]).toMatchObject([{ status: 503 }, { status: 200 }])
    expect((await control("write", { conversation: "2-nowhere" }))[0]).toBe(400)
    expect((await control("nonsense"))[0]).toBe(404)
  } finally {
    child.kill()
    await once(child, "exit")
  }
})

test("has no controls unless asked", async () => {
  const upstream = await listening()
  expect((await fetch(new URL("/_simulator/requests", upstream.url))).status).toBe(401)
  await upstream.simulator.close()
})
