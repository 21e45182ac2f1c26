import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"

import { fasterCircuit } from "../faster-circuit.ts"
import { conversationIn, useStage, write } from "../flow/stage.ts"
import type { Relay } from "../relay.ts"
import { see, signIn, useBrowser, whyNoChromium } from "./browser.ts"

const MESSAGES = 12
const buttons = (page: Page): Promise<string[]> => page.getByRole("main").getByRole("button").allInnerTexts()
/** Ways to a form. */
const forms = (page: Page): Promise<number> => page.getByRole("main").locator('a[href$="/new"]').count()

const keyFor = async (relay: Relay, ...scopes: string[]): Promise<string> =>
  (await relay.api<{ key: string }>("/v1/keys", { body: { name: "of a colleague", scopes } })).body.key

describe.skipIf(whyNoChromium())("what the dashboard says, in words", () => {
  const { start, receive } = useStage()
  const { signedIn } = useBrowser()

  it("of a receiver that answered 410: gone, what was open cancelled, and how it comes back", async () => {
    const [relay, receiver] = [await start(), await receive()]
    receiver.answer({ status: 410 })
    const { id } = await relay.endpoint(receiver.url)
    await write(relay, conversationIn(relay), "Are you there?")
    const page = await signedIn(relay, "/")
    await see(page, /is disabled: gone \(410\)/)
    await page.getByRole("link", { name: /is disabled: gone/ }).click()
    await see(page, "Disabled: gone.")
    await see(page, /Resume, then Replay since then/)
    await see(page, "cancelled: endpoint gone")
    receiver.answer({ status: 200 })
    await page.getByRole("button", { name: "Resume" }).click()
    await page.getByRole("dialog", { name: /Replay/ }).waitFor()
    await page.getByRole("button", { name: "Since it was disabled" }).waitFor()
    expect((await relay.api(`/v1/endpoints/${id}`)).body["status"]).toBe("enabled")
  })

  it("of a receiver that answered 429: who asked to wait, until when, and that nothing is lost", async () => {
    const [relay, receiver] = [await start(), await receive()]
    receiver.answer({ status: 429, headers: { "retry-after": "600" } })
    const { id } = await relay.endpoint(receiver.url)
    const conversation = conversationIn(relay)
    await write(relay, conversation, "First")
    await receiver.waitFor(1)
    await write(relay, conversation, "Second")
    const page = await signedIn(relay, `/endpoints/${id}`)
    await see(page, "Asked to wait.")
    await see(page, /answered with Retry-After/)
    await see(page, "held: asked to wait")
  })

  it("of a receiver that fails for good: the circuit, how many are held, and when the next try is", async () => {
    const circuit = { ...fasterCircuit(50), probeMs: 60_000 }
    const [relay, receiver] = [await start({ circuit, env: { POSTHORN_RETRY_SECONDS: "1,1" } }), await receive()]
    receiver.answer({ status: 500 })
    const { id } = await relay.endpoint(receiver.url)
    await write(relay, conversationIn(relay), ...Array.from({ length: MESSAGES }, (_, index) => `n${String(index)}`))
    const page = await signedIn(relay, `/endpoints/${id}`)
    await see(page, "Failing: the circuit is open")
    await see(page, /\d+ deliver(y|ies) held/)
    await see(page, /The next try is in /)
    await see(page, "held: circuit open")
  })

  it("of an account whose key upstream refuses: what that is, since when, and what to do", async () => {
    const relay = await start()
    await relay.poll()
    relay.simulator.faults.add({ kind: "status", status: 401 })
    await relay.poll()
    const page = await signedIn(relay, "/")
    await see(page, /: key refused, 1 polls? in a row/)
    await page.getByRole("link", { name: /key refused/ }).click()
    await see(page, "What is wrong")
    await page.getByRole("heading", { name: "Changes of status" }).waitFor()
    const history = page.getByRole("main").getByRole("listitem").filter({ hasText: "→" })
    expect(await history.first().innerText()).toMatch(/healthy → key refused/)
    expect(await page.getByRole("main").innerText()).not.toContain("auth_failed")
  })

  it("of a deployment without an account or an endpoint: what is missing, and how it comes to be", async () => {
    const relay = await start({ simulator: { accounts: 0 } })
    const page = await signedIn(relay, "/")
    await see(page, "No account yet: there are no messages to look for")
    await see(page, "No endpoint yet: nobody is told of new messages")
    expect(await page.getByText("all is well").count()).toBe(0)
    for (const [section, text] of [
      ["Accounts", "No account yet"],
      ["Endpoints", "There is no endpoint yet"],
      ["Deliveries", "No deliveries yet"],
      ["Keys", "No key yet"],
    ] as const) {
      await page.getByRole("link", { name: section, exact: true }).click()
      await see(page, text)
    }
  })
})

describe.skipIf(whyNoChromium())("what the dashboard offers is what the key may do", () => {
  const { start, receive } = useStage()
  const { open } = useBrowser()

  it("read: looks at everything, and has no button that the API would refuse", async () => {
    const [relay, receiver] = [await start(), await receive()]
    receiver.answer({ status: 410 })
    const { id } = await relay.endpoint(receiver.url)
    await write(relay, conversationIn(relay), "Are you there?")
    await receiver.waitFor(1)
    const page = await open(relay, `/endpoints/${id}`)
    await signIn(page, await keyFor(relay, "read"))
    await see(page, /which may: read/)
    await see(page, "cancelled: endpoint gone")
    expect(await buttons(page)).toEqual([])
    await page.getByRole("cell").getByRole("link").first().click()
    await page.getByRole("heading", { name: "Delivery", exact: true }).waitFor()
    expect(await buttons(page)).not.toContain("Retry")
    await page.getByRole("link", { name: "Accounts", exact: true }).click()
    await page.getByRole("cell").getByRole("link").first().click()
    await see(page, "Last good poll")
    expect(await buttons(page)).toEqual([])
    await page.getByRole("link", { name: "Keys", exact: true }).click()
    await page.getByRole("cell", { name: /of a colleague/ }).waitFor()
    expect(await buttons(page)).toEqual([])
  })

  it("read, where there is no endpoint yet: what is missing is said, and no form is offered", async () => {
    const relay = await start()
    await write(relay, conversationIn(relay), "Is anybody told of this?")
    const page = await open(relay, "/")
    await signIn(page, await keyFor(relay, "read"))
    await see(page, "No endpoint yet: nobody is told of new messages")
    expect(await forms(page)).toBe(0)
    await page.getByRole("link", { name: /Is anybody told of this/ }).click()
    await see(page, "There is no endpoint")
    expect(await forms(page)).toBe(0)
    for (const [section, text] of [
      ["Endpoints", "There is no endpoint yet"],
      ["Deliveries", "No deliveries yet"],
    ] as const) {
      await page.getByRole("link", { name: section, exact: true }).click()
      await see(page, text)
      expect(await forms(page)).toBe(0)
    }
  })

  it("endpoints: works on endpoints, and on nothing else", async () => {
    const [relay, receiver] = [await start(), await receive()]
    const { id } = await relay.endpoint(receiver.url)
    const page = await open(relay, `/endpoints/${id}`)
    await signIn(page, await keyFor(relay, "read", "endpoints"))
    await page.getByRole("button", { name: "Send a test" }).waitFor()
    await page.getByRole("link", { name: "Accounts", exact: true }).click()
    await page.getByRole("cell").getByRole("link").first().click()
    await see(page, "Last good poll")
    expect(await buttons(page)).not.toContain("Poll now")
  })
})
