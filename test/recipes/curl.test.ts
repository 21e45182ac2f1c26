import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { expect, it } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"
import { conversationIn, useStage, write } from "../flow/stage.ts"
import { ADMIN_KEY, type Relay } from "../relay.ts"
import { hasCurl } from "../suite.ts"

const { start, receive } = useStage()
const DAY_MS = 86_400_000
/** The docs' own dates grow old, and a backfill goes 90 days back. */
const recent = new Date(Date.now() - 7 * DAY_MS).toISOString().slice(0, 10)

const run = async <Answer>(block: string, relay: Relay, env: Record<string, string>): Promise<Answer> => {
  const command = block.replaceAll(/\b2026-\d\d-\d\d(?=T)/g, recent)
  const all = { PATH: process.env["PATH"], API: relay.runtime.url, ...env }
  const { stdout } = await promisify(execFile)("sh", ["-c", command], { env: all })
  return JSON.parse(stdout) as Answer
}

it.skipIf(!hasCurl())("the command of docs/replay.md counts what failed, and does nothing", async () => {
  const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "1" } })
  const receiver = await receive()
  receiver.answer({ status: 500 })
  const endpoint = await relay.endpoint(receiver.url)
  await write(relay, conversationIn(relay), "refused")
  await receiver.waitFor(2)
  const env = { KEY: ADMIN_KEY, ENDPOINT: endpoint.id }
  await expect
    .poll(() => run(blockOf("docs/replay.md", "count"), relay, env), { timeout: 10_000 })
    .toMatchObject({ matched: 1, exact: true })
  expect((await relay.api<{ data: unknown[] }>("/v1/jobs")).body.data).toEqual([])
})

it.skipIf(!hasCurl())("the command of docs/backfill.md begins a backfill", async () => {
  const relay = await start()
  const env = { ADMIN_KEY, ACCOUNT: relay.accountId }
  const job = await run(blockOf("docs/backfill.md", "begin"), relay, env)
  expect(job).toMatchObject({ kind: "backfill", accountId: relay.accountId })
})

it.skipIf(!hasCurl())("the command of docs/zapier.md makes a key that may what the app does", async () => {
  const relay = await start()
  const made = await run<{ key: string }>(blockOf("docs/zapier.md", "key"), relay, { POSTHORN_ADMIN_KEY: ADMIN_KEY })
  const me = await relay.api<{ key: { scopes: string[] } }>("/v1/me", { key: made.key })
  expect(me.body.key.scopes).toEqual(["read", "endpoints", "conversations"])
})

it.skipIf(!hasCurl())("the command of the n8n node's README makes a key that may what the node does", async () => {
  const relay = await start()
  const command = blockOf("packages/n8n-nodes-posthorn/README.md", "Credentials")
  const here = command.replace("https://posthorn.example.com", relay.runtime.url)
  const made = await run<{ key: string }>(here, relay, { POSTHORN_ADMIN_KEY: ADMIN_KEY })
  const me = await relay.api<{ key: { scopes: string[] } }>("/v1/me", { key: made.key })
  expect(me.body.key.scopes).toEqual(["read", "endpoints"])
})
