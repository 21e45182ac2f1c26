import { describe, expect, it } from "vitest"

import { useStage } from "../flow/stage.ts"
import { ADMIN_KEY } from "../relay.ts"
import { see, signIn, titleOf, useBrowser, whyNoChromium } from "./browser.ts"

describe.skipIf(whyNoChromium())("signing in to the dashboard", () => {
  const { start } = useStage()
  const { open, signedIn } = useBrowser()

  it("a key opens the page that was asked for, and is kept nowhere in the browser", async () => {
    const relay = await start()
    const page = await signedIn(relay, "/keys")
    expect(await titleOf(page)).toBe("Keys")
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
    )
    expect(kept).toBe('[[],[],""]')
    const [cookie, ...others] = await page.context().cookies()
    expect(others).toEqual([])
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" })
    expect(cookie?.value).not.toContain(ADMIN_KEY)
    expect((cookie?.expires ?? 0) - Date.now() / 1_000).toBeGreaterThan(12 * 3_600 - 60)
    expect((cookie?.expires ?? 0) - Date.now() / 1_000).toBeLessThanOrEqual(12 * 3_600)
  })

  it("two deployments on one machine keep one browser signed in to both", async () => {
    const [first, second] = [await start(), await start()]
    const page = await signedIn(first, "/")
    await page.goto(second.runtime.url)
    await signIn(page)
    for (const { runtime } of [first, second]) {
      await page.goto(`${runtime.url}/keys`)
      await page.getByRole("heading", { name: "Keys" }).waitFor()
    }
  })

  it("a wrong key is refused in words, and another try works", async () => {
    const relay = await start()
    const page = await open(relay, "/")
    await page.getByLabel("API key").fill("phk_wrong")
    await page.getByRole("button", { name: "Sign in" }).click()
    await see(page, /This key is not known here/)
    await page.getByLabel("API key").fill("phk_shortened…")
    await page.getByRole("button", { name: "Sign in" }).click()
    await see(page, /copy it whole/)
    await signIn(page)
    expect(await titleOf(page)).toBe("Overview")
  })

  it("the link that a start prints signs in without a key, once, and leaves no code in the address", async () => {
    const relay = await start()
    const link = `/sign-in#code=${relay.runtime.signInCode}`
    const page = await open(relay, link)
    await page.getByRole("heading", { name: "Overview" }).waitFor()
    expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe("/")

    const second = await open(relay, link)
    await see(second, /This code was used/)
    expect(second.url()).not.toContain(relay.runtime.signInCode)
    await signIn(second)
    expect(await titleOf(second)).toBe("Overview")
  })

  it("a session that has ended asks for the key again, and comes back to the same page", async () => {
    const relay = await start()
    const { body: key } = await relay.api<{ id: string; key: string }>("/v1/keys", {
      body: { name: "short-lived", scopes: ["read"] },
    })
    const page = await open(relay, "/events?type=message.sent")
    await signIn(page, key.key)
    await page.getByRole("heading", { name: "Events" }).waitFor()
    await relay.api(`/v1/keys/${key.id}`, { method: "DELETE" })
    await page.getByLabel("API key").waitFor()
    expect(await page.getByRole("heading", { name: "Events" }).count()).toBe(0)
    await signIn(page)
    expect(await titleOf(page)).toBe("Events")
    expect(page.url()).toMatch(/\/events\?type=message\.sent$/)
  })

  it("signing out ends the session at the API, not in the page alone", async () => {
    const relay = await start()
    const page = await signedIn(relay, "/accounts")
    const [cookie] = await page.context().cookies()
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.getByLabel("API key").waitFor()
    const answer = await fetch(`${relay.runtime.url}/v1/me`, {
      headers: { cookie: `${cookie?.name}=${cookie?.value}` },
    })
    expect(answer.status).toBe(401)
  })

  it("a key without a scope that comes to a page of it all the same is told what it lacks", async () => {
    const relay = await start()
    const { body: key } = await relay.api<{ key: string }>("/v1/keys", { body: { name: "reader", scopes: ["read"] } })
    const page = await open(relay, "/endpoints/new")
    await signIn(page, key.key)
    await page.getByLabel("URL", { exact: true }).fill("https://example.com/hook")
    await page.getByRole("button", { name: "Create" }).click()
    await see(page, /This key lacks the scope "endpoints"/)
  })
})
