import { createRequire } from "node:module"
import { readFileSync } from "node:fs"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"

import { conversationIn, useStage, write } from "../flow/stage.ts"
import { until } from "../relay.ts"
import { see, useBrowser, whyNoChromium } from "./browser.ts"

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** axe's findings that are serious or critical, each with the elements that it blames. */
const seriousOn = async (page: Page): Promise<string[]> => {
  // From outside the page, so that its policy holds for the page and not for the judge.
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  )
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)
}

describe.skipIf(whyNoChromium())("the dashboard, for everybody", () => {
  const { start, receive } = useStage()
  const { open, signedIn } = useBrowser()

  /** A delivery that failed, a paused endpoint with one that is held, a key, a job. */
  const stage = async () => {
    const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "1" } })
    const [good, bad, paused] = [await receive(), await receive(), await receive()]
    bad.answer({ status: 503, body: "away" })
    await relay.endpoint(good.url, { description: "CRM", eventTypes: ["*"], filter: { type: ["message.received"] } })
    const broken = await relay.endpoint(bad.url, { description: "Agent", headers: { "x-token": "hidden" } })
    const held = await relay.endpoint(paused.url, { description: "Zapier" })
    await relay.api(`/v1/endpoints/${held.id}/pause`, { method: "POST" })
    await relay.api("/v1/keys", { body: { name: "crm", scopes: ["read"] } })
    await write(relay, conversationIn(relay), "Is anybody there?")
    const idOf = async (query: string): Promise<string> =>
      (await relay.api<{ data: { id: string }[] }>(query)).body.data[0]?.id ?? ""
    await until(async () => (await idOf(`/v1/deliveries?endpointId=${broken.id}&status=exhausted`)) !== "")
    await relay.api(`/v1/accounts/${relay.accountId}/reconcile`, { method: "POST" })
    return {
      relay,
      pages: [
        ["/", "was given up"],
        ["/events", "Is anybody there?"],
        [`/events/${await idOf("/v1/events?type=message.received")}`, "Trace"],
        ["/endpoints", "Zapier"],
        [`/endpoints/${broken.id}`, "Agent"],
        [`/endpoints/${held.id}`, "held"],
        ["/endpoints/new", "Create"],
        ["/deliveries", "exhausted"],
        [`/deliveries/${await idOf(`/v1/deliveries?endpointId=${broken.id}`)}`, "Attempt 2"],
        ["/accounts", "healthy"],
        [`/accounts/${relay.accountId}`, "Last good poll"],
        ["/keys", "crm"],
        ["/nowhere", "There is no such page"],
      ] as const,
      broken,
    }
  }

  it.each(["light", "dark"] as const)(
    "axe finds nothing serious on any page or in any dialog, %s",
    async (colorScheme) => {
      const { relay, pages, broken } = await stage()
      const page = await open(relay, "/", { colorScheme })
      await page.getByLabel("API key").waitFor()
      expect(await seriousOn(page)).toEqual([])
      await page.close()
      const inside = await signedIn(relay, "/", { colorScheme })
      for (const [address, shown] of pages) {
        await inside.goto(address)
        await see(inside, shown)
        expect([address, ...(await seriousOn(inside))]).toEqual([address])
      }
      for (const [address, names] of [
        [`/endpoints/${broken.id}`, ["Replay", "Edit", "Rotate secret", "Delete"]],
        [`/accounts/${relay.accountId}`, ["Settings", "Backfill"]],
        ["/keys", ["Make a key", "Revoke crm"]],
      ] as const)
        for (const name of names) {
          await inside.goto(address)
          await inside.getByRole("button", { name, exact: true }).click()
          await inside.getByRole("dialog").waitFor()
          expect([name, ...(await seriousOn(inside))]).toEqual([name])
        }
    },
  )

  it("every page fits a screen that is 390 pixels wide", async () => {
    const { relay, pages } = await stage()
    const page = await signedIn(relay, "/", { width: 390 })
    for (const [address, shown] of pages) {
      await page.goto(address)
      await see(page, shown)
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect([address, beyond]).toEqual([address, 0])
    }
  })

  it("works by the keyboard alone: a dialog opens, keeps the focus, closes by Escape, and gives the focus back", async () => {
    const { relay, broken } = await stage()
    const page = await signedIn(relay, `/endpoints/${broken.id}`)
    const opener = page.getByRole("button", { name: "Rotate secret" })
    await tabTo(page, "Rotate secret")
    await page.keyboard.press("Enter")
    const dialog = page.getByRole("dialog")
    await dialog.waitFor()
    for (let presses = 0; presses < 12; presses++) {
      await page.keyboard.press("Tab")
      const isInside = await page.evaluate(() => {
        const element = document.activeElement
        return element === document.body || element?.closest("dialog") !== null
      })
      expect(isInside).toBe(true)
    }
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true)
  })

  it("times are those of the viewer's zone, with the exact UTC behind them", async () => {
    const { relay } = await stage()
    const page = await signedIn(relay, "/events", { timezoneId: "Asia/Kathmandu" })
    const time = page.getByRole("row").filter({ hasText: "Is anybody there?" }).locator("time").first()
    const at = (await time.getAttribute("datetime")) ?? ""
    expect(await time.getAttribute("title")).toBe(`${at.replace("T", " ").replace("Z", "")} UTC`)
    const there = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Kathmandu", timeStyle: "medium" }).format(
      new Date(at),
    )
    expect(await time.innerText()).toContain(there)
  })
})

const TABS_MAX = 60

const tabTo = async (page: Page, name: string): Promise<void> => {
  for (let presses = 0; presses < TABS_MAX; presses++) {
    await page.keyboard.press("Tab")
    const text = await page.evaluate(() => document.activeElement?.textContent)
    if (text === name) return
  }
  throw new Error(`"${name}" is not reached by ${TABS_MAX} tabs`)
}
