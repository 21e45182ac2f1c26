import http, { type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"

import { afterEach, expect, vi } from "vitest"

import type { PosthornEvent } from "../generated/events.ts"
import { OTHER_SECRET, pingEvent, SECRET, signed } from "../verify/test-webhook.ts"
import type { EventCallback, HandlerOptions } from "./receive.ts"
import { gone, slowDown } from "./reply.ts"

/** Servers that end with the test that started them. Called once, where the file begins. */
export const useServers = () => {
  const servers: Server[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
  /** Resolves with the URL. */
  return async (listener: RequestListener): Promise<string> => {
    const server = http.createServer(listener)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  }
}

export interface TestAnswer {
  status: number
  headers: Headers
  body: string
}
export type Send = (request: { headers: Record<string, string>; body: string }) => Promise<TestAnswer>

/** Posts as Posthorn does. */
export const post =
  (url: string): Send =>
  async ({ headers, body }) =>
    toTestAnswer(
      await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body }),
    )

export const toTestAnswer = async (response: Response): Promise<TestAnswer> => ({
  status: response.status,
  headers: response.headers,
  body: await response.text(),
})

type Handling = (options: HandlerOptions<unknown>, callback: EventCallback<unknown>) => Send | Promise<Send>

/** What every adapter has to do, whatever it stands in: `serve` puts a handler into its framework. */
export const expectHandles = async (serve: Handling): Promise<void> => {
  const events: PosthornEvent[] = []
  const errors: unknown[] = []
  const refused: unknown[] = []
  const options = { secret: SECRET, onError: (error: unknown) => void errors.push(error) }
  const send = await serve({ ...options, onRefused: (error) => void refused.push(error) }, (event, context) => {
    expect(context).toBeDefined()
    events.push(event)
    if (event.type === "custom.gone") return gone()
    if (event.type === "custom.slow") return slowDown(59.5)
    if (event.type === "custom.throws") throw new Error(`the database said no to ${SECRET}`)
    return undefined
  })
  const ofType = (type: string) => signed({ body: JSON.stringify({ ...pingEvent, type }) })

  expect(await send(signed())).toMatchObject({ status: 204, body: "" })
  expect(events).toEqual([pingEvent])
  expect(await send(ofType("custom.gone"))).toMatchObject({ status: 410 })
  const slow = await send(ofType("custom.slow"))
  expect([slow.status, slow.headers.get("retry-after")]).toEqual([429, "60"])

  expect(errors).toEqual([])
  const failed = await send(ofType("custom.throws"))
  expect(failed).toMatchObject({ status: 500, body: "handler_failed: The receiver's handler failed." })
  expect(errors).toHaveLength(1)

  const calls = events.length
  const { headers, body } = signed()
  const answers = [
    await send(signed({ secret: OTHER_SECRET })),
    await send(signed({ at: Date.now() - 400_000 })),
    await send({ headers: {}, body }),
    await send({ headers, body: `${body}\n` }),
    await send(signed({ body: "{}" })),
    await send({ headers, body: JSON.stringify({ text: "x".repeat(1024 * 1024) }) }),
  ]
  expect(answers.map((answer) => [answer.status, answer.body.split(":")[0]])).toEqual([
    [401, "wrong_secret"],
    [401, "clock_off"],
    [400, "missing_header"],
    [400, "body_changed"],
    [400, "not_an_event"],
    [413, "body_too_large"],
  ])
  expect(answers[0]!.headers.get("content-type")).toBe("text/plain; charset=utf-8")
  expect([events.length - calls, refused.length, errors.length]).toEqual([0, answers.length, 1])

  const unset = await serve({ ...options, secret: () => Promise.resolve(undefined) }, () => undefined)
  const answer = await unset(signed())
  expect([answer.status, answer.body]).toEqual([500, expect.stringMatching(/^malformed_secret: /)])
  expect(errors).toHaveLength(2)
}

/** Whatever was written to the console in the meantime. */
export const consoleErrors = (): unknown[] => {
  const written: unknown[] = []
  vi.spyOn(console, "error").mockImplementation((...values) => void written.push(...values))
  return written
}
