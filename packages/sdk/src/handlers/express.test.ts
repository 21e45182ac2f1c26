import express, { type Request } from "express"
import http from "node:http"
import type { Socket } from "node:net"
import { describe, expect, expectTypeOf, it } from "vitest"

import { SECRET, signed } from "../verify/test-webhook.ts"
import { handler } from "./express.ts"
import { expectHandles, post, useServers } from "./test-server.ts"

const listen = useServers()
const keep = (request: http.IncomingMessage & { rawBody?: Buffer }, _: unknown, raw: Buffer): void =>
  void (request.rawBody = raw)

describe("an Express handler", () => {
  it.each([
    ["without a body parser", express.Router()],
    ["behind express.raw()", express.raw({ type: "*/*", limit: "2mb" })],
    ["behind express.text()", express.text({ type: "*/*", limit: "2mb" })],
    ["behind express.json() that keeps the bytes", express.json({ verify: keep, limit: "2mb" })],
  ])("answers each outcome as Posthorn reads it, %s", async (_, parser) => {
    await expectHandles(async (options, callback) => {
      const app = express().use(parser)
      app.post("/hook", handler(options, callback))
      return post(await listen(app))
    })
  })

  it("says how to mend a body that express.json() has parsed", async () => {
    const app = express().use(express.json())
    app.post(
      "/hook",
      handler({ secret: SECRET }, () => undefined),
    )
    const { status, body } = await post(await listen(app))(signed())
    expect([status, body.split(":")[0]]).toEqual([400, "body_changed"])
    expect(body).toContain("req.rawBody = raw")
  })

  it("says that the stream was read before", async () => {
    const app = express().use((request, _, next) => void request.on("end", next).resume())
    app.post(
      "/hook",
      handler({ secret: SECRET }, () => undefined),
    )
    const { status, body } = await post(await listen(app))(signed())
    expect(status).toBe(400)
    expect(body).toMatch(/^body_unreadable: The request's stream was read before/)
  })

  it("hands on Express's own request", async () => {
    let host: string | undefined
    const app = express()
    app.post(
      "/hook",
      handler({ secret: SECRET }, (_, request: Request) => {
        expectTypeOf(request.hostname).toEqualTypeOf<string>()
        host = request.hostname
      }),
    )
    await post(await listen(app))(signed())
    expect(host).toBe("127.0.0.1")
  })

  it("listens to node:http by itself", () =>
    expectHandles(async (...given) => {
      const handle = handler(...given)
      return post(await listen((request, response) => void handle(request, response)))
    }))

  it("ends when the sender goes away in the middle of the body", async () => {
    let refusedAs: string | undefined
    const refused = new Promise<void>((resolve) => {
      const options = {
        secret: SECRET,
        onRefused: ({ code }: { code: string }) => {
          refusedAs = code
          resolve()
        },
      }
      const handle = handler(options, () => undefined)
      void listen((request, response) => void handle(request, response)).then((url) => {
        const { headers } = signed()
        const request = http.request(url, { method: "POST", headers: { ...headers, "content-length": 1_000 } })
        request.on("error", () => undefined)
        request.on("socket", (socket: Socket) =>
          socket.on("connect", () => request.write("{", () => setImmediate(() => socket.destroy()))),
        )
      })
    })
    await refused
    expect(refusedAs).toBe("body_unreadable")
  })

  it("ends when a request only says that it was closed", async () => {
    const on = (name: string | symbol, listener: () => void): void => {
      if (name === "close") setImmediate(listener)
    }
    const answered = new Promise<string>((end) => {
      const response = { statusCode: 0, setHeader: () => undefined, end }
      void handler({ secret: SECRET }, () => undefined)({ headers: signed().headers, on }, response)
    })
    expect(await answered).toMatch(/^body_unreadable: The connection broke/)
  })
})
