import { existsSync } from "node:fs"
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect } from "vitest"

import { ADMIN_KEY, type Relay } from "../relay.ts"

const programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
const program = [process.env.POSTHORN_CHROMIUM ?? "", ...programs].find((file) => existsSync(file)) ?? null

/** Why a browser cannot run here, or null where it can. Where tests are required the reason is an error. */
export const whyNoChromium = (): string | null => {
  const reason =
    program === null ? "install Chromium (Debian: `apt-get install chromium`), or name it in POSTHORN_CHROMIUM" : null
  if (reason !== null && process.env.POSTHORN_TESTS_REQUIRED) throw new Error(`Chromium is required: ${reason}`)
  return reason
}

/** Headless, and quiet: it asks for nothing beyond the page. */
const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
/** This machine under a name that browsers do not take for one's own machine, so that plain http to it is no secure origin. */
const LAN_HOST = "relay.example"

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: program ?? "",
    args: [...flags.split(" "), `--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`],
    headless: true,
  })

/** Where another machine of the same network would find the relay. */
export const lanUrl = (relay: Relay): string => relay.runtime.url.replace("127.0.0.1", LAN_HOST)

export interface Look {
  colorScheme?: "light" | "dark"
  width?: number
  timezoneId?: string
}

const HEIGHT = 900
/** Pages look every 2 s; a machine that is busy with other suites takes its time. */
const ACTION_MS = 15_000

/** What the browser complains of and no test has asked for: a script that threw, a policy that was broken. */
const complaintsIn = (page: Page): string[] => {
  const found: string[] = []
  page.on("pageerror", (error) => found.push(error.message))
  page.on("console", (message) => {
    // That an answer was 401 or 404, or did not come, or came by plain http, is what tests are about.
    const isWeather = /Failed to load resource|Cross-Origin-Opener-Policy header has been ignored/.test(message.text())
    if (message.type() === "error" && !isWeather) found.push(message.text())
  })
  return found
}

/** A browser for a file; each page ends with its test, and must have had nothing to complain of. */
export const useBrowser = () => {
  let browser: Browser | undefined
  const contexts: BrowserContext[] = []
  const complaints: string[][] = []
  const forgiven: RegExp[] = []
  beforeAll(async () => {
    browser = await launch()
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    const allowed = forgiven.splice(0)
    const found = complaints.splice(0).flat()
    expect(found.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([])
  })
  afterAll(() => browser?.close())

  const open = async (relay: Relay, path: string, { width = 1_280, ...look }: Look = {}): Promise<Page> => {
    if (browser === undefined) throw new Error("the browser has not started")
    const context = await browser.newContext({
      baseURL: relay.runtime.url,
      viewport: { width, height: HEIGHT },
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
      ...look,
    })
    contexts.push(context)
    context.setDefaultTimeout(ACTION_MS)
    const page = await context.newPage()
    complaints.push(complaintsIn(page))
    await page.goto(path)
    return page
  }
  return {
    open,
    /** What a test breaks on purpose, it may hear of. */
    forgive: (pattern: RegExp): void => void forgiven.push(pattern),
    /** The same, signed in by the admin key. */
    signedIn: async (relay: Relay, path: string, look: Look = {}): Promise<Page> => {
      const page = await open(relay, path, look)
      await signIn(page)
      return page
    },
  }
}

export const signIn = async (page: Page, key = ADMIN_KEY): Promise<void> => {
  await page.getByLabel("API key").fill(key)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("button", { name: "Sign out" }).waitFor()
}

/** The text of the page's title. */
export const titleOf = (page: Page): Promise<string> => page.getByRole("heading", { level: 1 }).innerText()

/** Waits until something with this text is shown. */
export const see = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).filter({ visible: true }).first().waitFor()
