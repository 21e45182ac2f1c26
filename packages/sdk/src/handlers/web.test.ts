import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest"

import { OTHER_SECRET, pingEvent, SECRET, signed } from "../verify/test-webhook.ts"
import { handler as nextHandler } from "./next.ts"
import { slowDown, unavailable } from "./reply.ts"
import { consoleErrors, expectHandles, type Send, toTestAnswer } from "./test-server.ts"
import { handler } from "./web.ts"

const sendTo =
  (handle: (request: Request) => Promise<Response>): Send =>
  async ({ headers, body }) =>
    toTestAnswer(await handle(new Request("https://receiver.example/hook", { method: "POST", headers, body })))

afterEach(() => void vi.restoreAllMocks())

describe("a Fetch handler", () => {
  it("answers each outcome as Posthorn reads it", () => expectHandles((...given) => sendTo(handler(...given))))

  it("is what Next takes as a route handler", () => {
    expect(nextHandler).toBe(handler)
    // Next 16, "route.js": (request: NextRequest, context: { params: Promise<…> }) => Response | Promise<Response>.
    type NextRequest = Request & { nextUrl: URL }
    type Route = (
      request: NextRequest,
      context: { params: Promise<Record<string, string>> },
    ) => Response | Promise<Response>
    expectTypeOf(nextHandler).returns.toExtend<Route>()
  })

  it("hands the secret's function the request, and works with what it says then", async () => {
    let secret = OTHER_SECRET
    const handle = handler(
      { secret: (request) => (request.url.endsWith("/hook") ? secret : undefined) },
      () => undefined,
    )
    expect((await sendTo(handle)(signed())).status).toBe(401)
    secret = SECRET
    expect((await sendTo(handle)(signed())).status).toBe(204)
  })

  it("runs the callback once for an event that was done, again for one that failed or was put off", async () => {
    const seen = new Set<string>()
    let calls = 0
    const outcomes = [
      () => {
        throw new Error("down")
      },
      () => slowDown(1),
      () => undefined,
    ]
    const send = sendTo(handler({ secret: SECRET, seen, onError: () => undefined }, () => outcomes[calls++]?.()))
    expect((await send(signed())).status).toBe(500)
    expect((await send(signed())).status).toBe(429)
    expect(seen.size).toBe(0)
    expect((await send(signed())).status).toBe(204)
    expect([...seen]).toEqual([pingEvent.id])
    expect((await send(signed())).status).toBe(204)
    expect(calls).toBe(3)
  })

  it("asks for the event again when the ids cannot be read or written", async () => {
    const errors: unknown[] = []
    const onError = (error: unknown): void => void errors.push(error)
    const down = () => Promise.reject(new Error("redis is down"))
    for (const seen of [
      { has: down, add: () => undefined },
      { has: () => false, add: down },
    ])
      expect((await sendTo(handler({ secret: SECRET, seen, onError }, () => undefined))(signed())).status).toBe(500)
    expect(errors).toHaveLength(2)
  })

  it("writes what the callback threw to the console, and nothing of refused requests", async () => {
    const written = consoleErrors()
    const error = new Error("down")
    const send = sendTo(handler({ secret: SECRET }, () => Promise.reject(error)))
    await send(signed({ secret: OTHER_SECRET }))
    expect(written).toEqual([])
    await send(signed())
    expect(written).toEqual([error])
  })

  it("answers although the logger fails", async () => {
    const broken = (): never => {
      throw new Error("no disk")
    }
    const handle = handler({ secret: SECRET, onError: broken, onRefused: broken }, broken)
    expect((await sendTo(handle)(signed())).status).toBe(500)
    expect((await sendTo(handle)(signed({ secret: OTHER_SECRET }))).status).toBe(401)
  })

  it("asks for no pause that Posthorn would not keep", () => {
    for (const seconds of [-1, NaN, 86_401])
      expect(() => slowDown(seconds)).toThrow("Retry-After is 0 to 86400 seconds.")
    expect(unavailable(86_400)).toEqual({ status: 503, retryAfterSeconds: 86_400 })
  })
})
