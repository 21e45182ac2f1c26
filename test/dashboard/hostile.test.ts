import { person } from "@posthorn/simulator/person"
import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"

import { useStage } from "../flow/stage.ts"
import type { Relay } from "../relay.ts"
import { see, useBrowser, whyNoChromium } from "./browser.ts"

const IMAGE = `<img src=x onerror="window.broken = true">`
const SCRIPT = `"><script>window.broken = true</script>`
/** Overrides the direction of all that follows, where nothing ends it. */
const RTL = "\u202Ecba"
const LONG = "x".repeat(20_000)
const EMOJI = "👩‍👩‍👧‍👦🇨🇭👍🏽"
const JAVASCRIPT = "javascript:window.broken=true"
const DATA = "data:text/html,<script>parent.broken=true</script>"

const hostileText = [IMAGE, SCRIPT, RTL, EMOJI, JAVASCRIPT, LONG].join("\n")

/** What strangers wrote has done nothing: no script ran, no address of theirs is followed or loaded, nothing is wider than the page. */
const expectHarmless = async (page: Page): Promise<void> => {
  const found = await page.evaluate(() => {
    const addresses = [...document.querySelectorAll("[href], [src], [action], [srcset], [data], [formaction]")].flatMap(
      (element) => element.getAttributeNames().flatMap((name) => element.getAttribute(name) ?? []),
    )
    return {
      ran: "broken" in window,
      bad: addresses.filter((address) => /^\s*(javascript|data|vbscript):/i.test(address)),
      handlers: document.querySelectorAll("[onerror], [onclick], [onload]").length,
      foreign: document.querySelectorAll("#root script, #root iframe, #root object, #root embed").length,
      tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      unisolated: [...document.querySelectorAll("#root *")].filter((element) =>
        [...element.childNodes].some(
          (node) =>
            node.nodeType === Node.TEXT_NODE &&
            (node.textContent ?? "").includes("\u202E") &&
            element.closest("bdi, pre, option, title") === null,
        ),
      ).length,
    }
  })
  const where = new URL(page.url()).pathname
  expect({ where, ...found }).toEqual({
    where,
    ran: false,
    bad: [],
    handlers: 0,
    foreign: 0,
    tooWide: 0,
    unisolated: 0,
  })
}

const newest = async (relay: Relay, query: string): Promise<string> => {
  const { body } = await relay.api<{ data: { id: string }[] }>(query)
  return body.data[0]?.id ?? ""
}

describe.skipIf(whyNoChromium())("what strangers wrote", () => {
  const { start, receive } = useStage()
  const { signedIn } = useBrowser()

  const stage = async () => {
    const mallory = person(`${IMAGE}${RTL}${"N".repeat(5_000)}`, { headline: SCRIPT, picture: JAVASCRIPT })
    const eve = person(`Eve ${EMOJI}`, { picture: DATA })
    const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "1" } })
    const receiver = await receive()
    receiver.answer({ status: 500, body: `${SCRIPT}${IMAGE}${RTL}${LONG}`, headers: { "content-type": "text/html" } })
    await relay.endpoint(receiver.url, { description: `${IMAGE}${RTL}`, eventTypes: ["*"] })
    const conversation = relay.simulator.world.addConversation({
      account: relay.accountId,
      people: [mallory, eve],
      group: true,
      title: `${IMAGE}${RTL}`,
    })
    const attachments = [JAVASCRIPT, DATA].map((url) => ({ type: "image", url }))
    for (const [index, from] of [mallory, eve].entries())
      relay.simulator.world.write({
        conversation: conversation.id,
        from,
        text: hostileText,
        subject: SCRIPT,
        attachments,
        sentAt: Date.now() + index,
      })
    await relay.poll()
    await receiver.waitFor(4)
    return { relay, receiver }
  }

  it.each([1_280, 390])("stays text on every page that shows it, %d pixels wide", async (width) => {
    const { relay } = await stage()
    const event = await newest(relay, "/v1/events?type=message.received&limit=1")
    const delivery = await newest(relay, `/v1/deliveries?eventId=${event}&limit=1`)
    const endpoint = await newest(relay, "/v1/endpoints")
    const page = await signedIn(relay, `/events/${event}`, { width })
    await see(page, `<img src=x onerror`)
    await page.getByRole("button", { name: /^Show all 20,\d{3} characters/ }).click()
    await see(page, "Show less")
    await expectHarmless(page)
    for (const [address, shown] of [
      ["/", "Just arrived"],
      ["/events", "<img src=x onerror"],
      [`/deliveries/${delivery}`, "Attempt 1"],
      [`/endpoints/${endpoint}`, "<img src=x onerror"],
      ["/endpoints", "<img src=x onerror"],
      ["/deliveries", "<img src=x onerror"],
    ] as const) {
      await page.goto(address)
      await see(page, shown)
      await expectHarmless(page)
    }
  })

  it("makes no link and loads nothing, whatever stands where an address should", async () => {
    const { relay } = await stage()
    const event = await newest(relay, "/v1/events?type=message.received&limit=1")
    const page = await signedIn(relay, "/keys")
    // Core makes some of these addresses itself; the page does not rely on it.
    for (const bad of [JAVASCRIPT, DATA, ` ${JAVASCRIPT}`, "JaVaScRiPt:window.broken=true", "//evil.example/x"]) {
      await page.route(/\/v1\/events\/evt_[\w-]+$/, async (route) => {
        const answer = await route.fetch()
        const text = JSON.stringify(await answer.json(), (name, value: unknown) =>
          /url$/i.test(name) && value !== null ? bad : value,
        )
        await route.fulfill({ response: answer, body: text })
      })
      await page.goto(`/events/${event}`)
      await page.getByRole("heading", { name: "Message received" }).waitFor()
      await expectHarmless(page)
      const outside = await page.evaluate(
        () =>
          [...document.querySelectorAll<HTMLAnchorElement>("#root a")].filter(({ host }) => host !== location.host)
            .length,
      )
      expect(outside).toBe(0)
      await page.unroute(/\/v1\/events\/evt_[\w-]+$/)
    }
  })
})
