import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { describe, expect, it } from "vitest"

import { conversationIn, useStage, write } from "../flow/stage.ts"
import { startRelay } from "../relay.ts"
import { lanUrl, see, signIn, titleOf, useBrowser, whyNoChromium } from "./browser.ts"

const DAY_MS = 86_400_000

describe.skipIf(whyNoChromium())("what may go wrong around the dashboard", () => {
  const { start, cleanups } = useStage()
  const { open, signedIn, forgive } = useBrowser()

  it("an API that is down is said on top, what was shown stays, and it goes on by itself, signed in", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-dashboard-"))
    cleanups.push(async () => rmSync(folder, { recursive: true }))
    const file = path.join(folder, "store.sqlite")
    const first = await startRelay({ path: file })
    cleanups.push(() => first.simulator.close())
    const conversation = conversationIn(first)
    await write(first, conversation, "before the outage")
    const page = await signedIn(first, "/events")
    await see(page, "before the outage")

    await first.stop()
    await see(page, /The API does not answer/)
    await see(page, "before the outage")

    const port = new URL(first.runtime.url).port
    const second = await startRelay({ path: file, like: first, env: { PORT: port } })
    cleanups.push(() => second.stop())
    await write(second, conversation, "after the outage")
    await see(page, "after the outage")
    expect(await page.getByText(/The API does not answer/).count()).toBe(0)
  })

  it("an address that does not exist shows a page that says so, with a way back", async () => {
    const relay = await start()
    const page = await signedIn(relay, "/nothing/here")
    expect(await titleOf(page)).toBe("There is no such page")
    await page.getByRole("link", { name: "To the overview" }).click()
    expect(await titleOf(page)).toBe("Overview")
  })

  it.each([
    ["/endpoints/ep_0123456789012345678901", "There is no such endpoint"],
    ["/events/evt_0123456789012345678901", "There is no such event"],
    ["/deliveries/dlv_01234567890123456789010123456789012345678901", "There is no such delivery"],
    ["/accounts/nobody", "There is no such account"],
    ["/events/mistyped", "There is no such event"],
    ["/accounts/..%5Ckeys", "There is no such account"],
    ["/endpoints/..%5Ckeys", "There is no such endpoint"],
  ])("%s, which is gone or mistyped, says so", async (address, title) => {
    const relay = await start()
    const page = await signedIn(relay, address)
    await page.getByRole("heading", { name: title }).waitFor()
  })

  it("a page that cannot be drawn says so, and the others stay in reach", async () => {
    const relay = await start()
    const page = await signedIn(relay, "/events")
    forgive(/Cannot read properties of/)
    await page.route(/\/v1\/accounts\/[^/?]+\?*$/, (route) =>
      route.fulfill({ json: { id: "of another version", conversations: null } }),
    )
    await page.goto(`/accounts/${relay.accountId}`)
    await page.getByRole("heading", { name: "This page could not be shown" }).waitFor()
    await page.getByRole("link", { name: "Keys" }).click()
    expect(await titleOf(page)).toBe("Keys")
  })

  it("over plain http from another machine, where a browser withholds what needs a secure origin, dialogs open and send", async () => {
    const relay = await start({ simulator: { history: true } })
    const page = await open(relay, `${lanUrl(relay)}/accounts/${relay.accountId}`)
    await signIn(page)
    expect(await page.evaluate(() => isSecureContext)).toBe(false)
    await page.getByRole("button", { name: "Backfill" }).click()
    await page.getByLabel("Sent since").fill(new Date(Date.now() - DAY_MS).toISOString().slice(0, 16))
    await page.getByRole("button", { name: "Estimate" }).click()
    await page.getByRole("button", { name: "Begin the backfill" }).click()
    await see(page, "The backfill is at work")
  })

  it("without a session no page shows anything but the sign-in", async () => {
    const relay = await start()
    for (const address of ["/", "/events", "/endpoints/new", "/keys", "/nothing"]) {
      const page = await open(relay, address)
      await page.getByLabel("API key").waitFor()
      expect(await page.getByRole("navigation").count()).toBe(0)
    }
  })
})
