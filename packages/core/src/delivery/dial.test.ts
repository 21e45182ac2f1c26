import { createHmac } from "node:crypto"
import { Webhook } from "standardwebhooks"
import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { endpointFormats } from "../endpoint.ts"
import { dial } from "./dial.ts"
import { receivedWith } from "./format/test-events.ts"
import { headerContext, secretContext } from "./seal-context.ts"
import { createSeal } from "../seal.ts"
import { newSecret } from "./sign.ts"
import { createWorld, ENDPOINT_ID, type World } from "./test-world.ts"

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.store.close())

const bytes = (size: number) => new Uint8Array(size).fill(3)
const seal = createSeal({ keys: [bytes(32)], randomBytes: bytes })
const secret = newSecret(bytes)

const dialled = async (over: Parameters<World["addEndpoint"]>[0], event = receivedWith({ text: "grüezi 👋" })) => {
  const endpoint = await world.addEndpoint({
    secrets: [{ sealed: seal.seal(secret, secretContext(ENDPOINT_ID)), expiresAt: null }],
    ...over,
  })
  const outcome = await dial(endpoint, event, world.now, { ...world.deps, open: seal.open })
  return { outcome, request: world.posted.at(-1)! }
}

describe.each(endpointFormats)("an endpoint of format %s", (format) => {
  test("gets our signature over exactly the bytes that were sent", async () => {
    const { outcome, request } = await dialled({ format })
    expect(outcome.outcome).toBe("succeeded")
    const signed = new Webhook(secret).sign("evt_AAAAAAAAAAAAAAAAAAAAAA", new Date(world.now), request.body as string)
    expect(request.headers).toMatchObject({
      "webhook-id": "evt_AAAAAAAAAAAAAAAAAAAAAA",
      "webhook-timestamp": String(world.now / 1_000),
      "webhook-signature": signed,
      "content-type": "application/json",
    })
  })
})

describe("a format's own headers", () => {
  test("go out beside ours, over the same bytes", async () => {
    const { request } = await dialled({ format: "connectsafely" })
    const native = createHmac("sha256", secret)
      .update(request.body as string)
      .digest("hex")
    expect(request.headers).toMatchObject({
      "x-webhook-signature": `sha256=${native}`,
      "x-webhook-timestamp": String(world.now / 1_000),
      "webhook-signature": expect.stringMatching(/^v1,/) as string,
    })
  })

  test("give way to the endpoint's own of the same name", async () => {
    const name = "x-webhook-signature"
    const headers = { [name]: seal.seal("a static token", headerContext(ENDPOINT_ID, name)) }
    expect((await dialled({ format: "connectsafely", headers })).request.headers[name]).toBe("a static token")
  })

  test("do not show in a stored answer that echoes them", async () => {
    world.answer = () => ({
      ok: true,
      answer: {
        status: 400,
        headers: {},
        cut: false,
        body: Buffer.from(JSON.stringify(world.posted.at(-1)!.headers)),
      },
    })
    const { outcome, request } = await dialled({ format: "connectsafely" })
    const native = request.headers["x-webhook-signature"]!.slice("sha256=".length)
    expect(native).toHaveLength(64)
    expect(outcome.responseBody).toContain("x-webhook-timestamp")
    for (let at = 0; at + 8 <= native.length; at++) expect(outcome.responseBody).not.toContain(native.slice(at, at + 8))
  })
})
