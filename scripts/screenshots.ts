// `npm run screenshots`: the dashboard's pages, as docs/dashboard.md and the README show them, of a real relay with invented people,
// a receiver that is well, one that is broken and one that is paused.
import { mkdirSync } from "node:fs"
import path from "node:path"

import type { Page } from "playwright-core"

import { launch, signIn } from "../test/dashboard/browser.ts"
import { startReceiver } from "../test/receiver.ts"
import { startRelay, until } from "../test/relay.ts"

const OUT = path.join(import.meta.dirname, "../docs/screenshots")
/** Within these two minutes the relay's clock makes up for almost an hour, so that the hour that is drawn has something in it. */
const WARM_UP_MS = 120_000
const BEHIND_MS = 58 * 60_000
const PEOPLE_EVERY_MS = 350
const BROKEN_FOR_MS = 25_000
const VIEWPORT = { width: 1_280, height: 860 }

const real = Date.now.bind(Date)
let startedAt = Number.POSITIVE_INFINITY
const left = (): number => Math.max(0, Math.min(1, 1 - (real() - startedAt) / WARM_UP_MS))
Date.now = () => Math.round(real() - left() * BEHIND_MS)
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const relay = await startRelay({
  simulator: { history: true, accounts: 1 },
  env: { POSTHORN_POLL_SECONDS: "2", POSTHORN_RETRY_SECONDS: "1,2" },
})
const [crm, broken, zapier] = await Promise.all([startReceiver(), startReceiver(), startReceiver()])
broken.answer({ status: 503, body: "<h1>503</h1> The upstream database of this receiver is away." })
await relay.endpoint(crm.url, { description: "CRM", eventTypes: ["*"] })
const agent = await relay.endpoint(broken.url, { description: "Reply agent", eventTypes: ["message.received"] })
const zap = await relay.endpoint(zapier.url, { description: "Zapier: new message to Slack" })
startedAt = real()
relay.simulator.startPeople({ everyMs: PEOPLE_EVERY_MS })
await wait(BROKEN_FOR_MS)
broken.answer({ status: 200 })
await relay.api(`/v1/endpoints/${agent.id}/resume`, { method: "POST" })
while (left() > 0) await wait(1_000)
broken.answer({ status: 503, body: "<h1>503</h1> The upstream database of this receiver is away." })
await relay.api(`/v1/endpoints/${zap.id}/pause`, { method: "POST" })
await relay.api("/v1/keys", { body: { name: "zapier", scopes: ["read", "endpoints"] } })
await relay.api("/v1/keys", { body: { name: "crm", scopes: ["read"] } })

const newest = async (query: string): Promise<string> => {
  let id = ""
  await until(async () => {
    const { body } = await relay.api<{ data: { id: string }[] }>(query)
    id = body.data[0]?.id ?? ""
    return id !== ""
  })
  return id
}
const failed = await newest(`/v1/deliveries?endpointId=${agent.id}&status=exhausted,retrying&limit=1`)
const event = await newest("/v1/events?type=message.received&limit=1")
relay.simulator.stopPeople()

const pages: [name: string, address: string, shows: string][] = [
  ["overview", "/", "The last hour"],
  ["events", "/events", "Events"],
  ["event", `/events/${event}`, "Trace"],
  ["endpoints", "/endpoints", "CRM"],
  ["endpoint", `/endpoints/${agent.id}`, "Reply agent"],
  ["delivery", `/deliveries/${failed}`, "503"],
  ["accounts", `/accounts/${relay.accountId}`, "Last good poll"],
  ["keys", "/keys", "zapier"],
]
const shoot = async (page: Page, [name, address, shows]: (typeof pages)[number], suffix = ""): Promise<void> => {
  await page.goto(address)
  await page.getByText(shows).first().waitFor()
  // What is drawn comes with its first answers.
  await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => undefined)
  await page.screenshot({ path: path.join(OUT, `${name}${suffix}.png`) })
}

mkdirSync(OUT, { recursive: true })
const browser = await launch()
for (const colorScheme of ["light", "dark"] as const) {
  const context = await browser.newContext({ baseURL: relay.runtime.url, viewport: VIEWPORT, colorScheme })
  const page = await context.newPage()
  await page.goto("/")
  await signIn(page)
  for (const shown of colorScheme === "light" ? pages : pages.slice(0, 1))
    await shoot(page, shown, colorScheme === "light" ? "" : "-dark")
  await context.close()
}
await browser.close()
await relay.stop()
await relay.simulator.close()
for (const receiver of [crm, broken, zapier]) await receiver.close()
