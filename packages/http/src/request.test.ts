import http, { type RequestListener } from "node:http"
import net, { type AddressInfo, type Socket } from "node:net"
import { afterEach, describe, expect, test } from "vitest"
import type { HttpRequest, HttpResult } from "@posthorn/core/http"
import { createRequest } from "./request.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const client = () => {
  const request = createRequest()
  closing.push(request.close)
  return (url: string, more: Partial<HttpRequest> = {}): Promise<HttpResult> =>
    request({ method: "GET", url, headers: {}, body: null, deadlineMs: 5_000, answerBytesMax: 1_000, ...more })
}

const serve = async (listener: RequestListener): Promise<string> => {
  const server = http.createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const serveRaw = async (talk: (socket: Socket) => void): Promise<string> => {
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined)
    closing.push(() => socket.destroy())
    talk(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const textOf = (result: HttpResult) => (result.ok ? new TextDecoder().decode(result.answer.body) : result.message)

test("an answer comes with its status, headers in lower case, and body; what was sent arrives", async () => {
  let seen = ""
  const url = await serve((asked, answer) => {
    asked.setEncoding("utf8").on("data", (text: string) => (seen += text))
    asked.on("end", () =>
      answer.writeHead(429, { "Retry-After": "7" }).end(`${asked.method ?? ""} ${String(asked.headers["x-a"])}`),
    )
  })
  const result = await client()(url, { method: "POST", headers: { "x-a": "1" }, body: "grüße" })
  expect(result).toMatchObject({ ok: true, answer: { status: 429, cut: false, headers: { "retry-after": "7" } } })
  expect([textOf(result), seen]).toEqual(["POST 1", "grüße"])
})

test("redirects are answers like others", async () => {
  const url = await serve((_asked, answer) => answer.writeHead(307, { location: "/other" }).end())
  expect(await client()(url)).toMatchObject({ ok: true, answer: { status: 307, headers: { location: "/other" } } })
})

test("sockets are kept between requests", async () => {
  const sockets = new Set<Socket>()
  const url = await serve((asked, answer) => {
    sockets.add(asked.socket)
    answer.end("{}")
  })
  const request = client()
  for (let asked = 0; asked < 5; asked++) await request(url)
  expect(sockets.size).toBe(1)
})

test("an answer longer than allowed is cut", async () => {
  const url = await serve((_asked, answer) => answer.end("x".repeat(5_000)))
  const result = await client()(url)
  expect(result).toMatchObject({ ok: true, answer: { cut: true } })
  expect(textOf(result)).toHaveLength(1_000)
})

describe("the deadline covers everything", () => {
  test("headers that never come", async () => {
    const url = await serveRaw(() => undefined)
    expect(await client()(url, { deadlineMs: 100 })).toMatchObject({ ok: false, kind: "timeout" })
  })

  test("a body that stalls half-way is no answer", async () => {
    const url = await serve((_asked, answer) => answer.write('{"success":true,'))
    const result = await client()(url, { deadlineMs: 100 })
    expect(result).toMatchObject({ ok: false, kind: "timeout", message: expect.stringContaining("0.1 s") as string })
  })

  test("a body that drips", async () => {
    const url = await serve((_asked, answer) => {
      answer.write("{")
      const drip = setInterval(() => answer.write(" "), 20)
      closing.push(() => clearInterval(drip))
    })
    const startedAt = performance.now()
    expect(await client()(url, { deadlineMs: 200 })).toMatchObject({ ok: false, kind: "timeout" })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

describe("a socket that stays open behind a whole document", () => {
  const startedAt = () => performance.now()

  test("is not waited for", async () => {
    const url = await serve((_asked, answer) => answer.write('{"success":true}\n'))
    const from = startedAt()
    const result = await client()(url)
    expect(result).toMatchObject({ ok: true, answer: { status: 200, cut: false } })
    expect(textOf(result)).toBe('{"success":true}\n')
    expect(performance.now() - from).toBeLessThan(2_500)
  })

  test("is waited for while the document is not whole, however it pauses", async () => {
    const url = await serve((_asked, answer) => {
      answer.write('[{"a":1}')
      setTimeout(() => answer.end("]"), 600)
    })
    expect(textOf(await client()(url))).toBe('[{"a":1}]')
  })
})

describe("what goes wrong is data", () => {
  test("nobody listens", async () => {
    const url = await serve(() => undefined)
    await closing.pop()?.()
    const result = await client()(url)
    expect(result).toMatchObject({ ok: false, kind: "connect", message: "ConnectSafely refused the connection." })
  })

  test("a name that does not exist", async () => {
    expect(await client()("http://nobody.invalid/")).toMatchObject({ ok: false, kind: "dns" })
  })

  test("no TLS where TLS is asked for", async () => {
    const url = await serve((_asked, answer) => answer.end("{}"))
    expect(await client()(url.replace("http:", "https:"))).toMatchObject({ ok: false, kind: "tls" })
  })

  test("a connection reset before the answer, and in its middle", async () => {
    const before = await serveRaw((socket) => socket.once("data", () => socket.resetAndDestroy()))
    expect(await client()(before)).toMatchObject({ ok: false, kind: "reset" })
    const within = await serve((_asked, answer) => {
      answer.writeHead(200, { "content-length": "500" })
      answer.write('{"half":', () => answer.destroy())
    })
    expect(await client()(within)).toMatchObject({
      ok: false,
      kind: "reset",
      message: "ConnectSafely broke off its answer.",
    })
  })

  test("something that is not HTTP", async () => {
    const url = await serveRaw((socket) => socket.once("data", () => socket.end("SSH-2.0-x\r\n")))
    expect(await client()(url)).toMatchObject({ ok: false, kind: "reset" })
  })

  test("a URL or header that cannot be sent; its value is not repeated", async () => {
    expect(await client()("not a url")).toMatchObject({ ok: false, kind: "connect" })
    const result = await client()("http://127.0.0.1:1/", { headers: { authorization: "Bearer secret\n" } })
    expect(result).toMatchObject({ ok: false, kind: "connect" })
    expect(textOf(result)).not.toContain("secret")
  })
})
