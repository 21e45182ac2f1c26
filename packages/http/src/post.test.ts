import net, { type AddressInfo, type Socket } from "node:net"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import type { HttpAnswer, HttpRequest, HttpResult } from "@posthorn/core/http"
import { type Receiver, startReceiver } from "../../../test/receiver.ts"
import { createPost, type Lookup } from "./post.ts"

type Request = HttpRequest & { method: "POST"; allowPrivate: boolean }

const asked = (url: string, given: Partial<Request> = {}): Request => ({
  method: "POST",
  url,
  headers: { "content-type": "application/json" },
  body: '{"a":"ü"}',
  deadlineMs: 2_000,
  answerBytesMax: 1_000,
  allowPrivate: true,
  ...given,
})

const answerOf = (result: HttpResult): HttpAnswer => {
  if (!result.ok) throw new Error(`${result.kind}: ${result.message}`)
  return result.answer
}

let receiver: Receiver
let poster: ReturnType<typeof createPost>
beforeEach(async () => {
  receiver = await startReceiver()
  poster = createPost()
})
afterEach(async () => {
  poster.close()
  await receiver.close()
})

describe("an exchange", () => {
  test("sends the exact bytes and brings status, headers and body back", async () => {
    receiver.answer({ status: 202, headers: { "X-Thing": "a" }, body: "grüezi" })
    const answer = answerOf(await poster.post(asked(`${receiver.url}?q=1`, { headers: { "x-own": "1" } })))
    expect(answer).toMatchObject({ status: 202, cut: false })
    expect(answer.headers["x-thing"]).toBe("a")
    expect(Buffer.from(answer.body).toString()).toBe("grüezi")
    expect(receiver.requests[0]).toMatchObject({ method: "POST", path: "/hook?q=1", body: '{"a":"ü"}' })
    expect(receiver.requests[0]!.headers).toMatchObject({
      "x-own": "1",
      "content-length": "10",
      "accept-encoding": "identity",
      host: `127.0.0.1:${receiver.port}`,
    })
  })

  test("reuses its socket", async () => {
    for (let round = 0; round < 5; round++) answerOf(await poster.post(asked(receiver.url)))
    expect(receiver.connections()).toBe(1)
  })

  test("does not follow a redirect", async () => {
    receiver.answer({ status: 307, headers: { location: receiver.url } })
    expect(answerOf(await poster.post(asked(receiver.url))).status).toBe(307)
    expect(receiver.requests).toHaveLength(1)
  })

  test.each([301, 302, 303, 307, 308])(
    "a %d to loopback is answered as it stands, and nothing is dialled",
    async (status) => {
      const inside = await startReceiver()
      receiver.answer({ status, headers: { location: `http://127.0.0.1:${inside.port}/latest/meta-data/` } })
      expect(answerOf(await poster.post(asked(receiver.url)))).toMatchObject({ status, cut: false })
      expect([receiver.requests.length, inside.connections()]).toEqual([1, 0])
      await inside.close()
    },
  )

  test("a body without end is read to the limit and no further, and its socket is closed", async () => {
    const piece = Buffer.alloc(64 * 1_024, "x")
    const closed = Promise.withResolvers<number>()
    const result = await rawServer(
      "",
      (url) => poster.post(asked(url, { answerBytesMax: 64 * 1_024, deadlineMs: 15_000 })),
      undefined,
      (socket) => {
        let sent = 0
        const more = (): void => {
          while (!socket.destroyed && socket.write(piece)) sent += piece.length
        }
        socket.on("drain", more)
        socket.on("close", () => closed.resolve(sent))
        socket.write("HTTP/1.1 200 OK\r\n\r\n")
        more()
      },
    )
    const answer = answerOf(result)
    expect([answer.status, answer.cut, answer.body.length]).toEqual([200, true, 64 * 1_024])
    expect(await closed.promise).toBeLessThan(50_000_000)
  })

  test("does not decompress", async () => {
    receiver.answer({ headers: { "content-encoding": "gzip" }, body: "not gzip at all" })
    expect(Buffer.from(answerOf(await poster.post(asked(receiver.url))).body).toString()).toBe("not gzip at all")
  })

  test("a body of exactly the limit is whole; a longer one is cut there and its socket is given up", async () => {
    receiver.answer({ body: "x".repeat(1_000) })
    expect(answerOf(await poster.post(asked(receiver.url)))).toMatchObject({ cut: false })
    receiver.answer({ body: "x".repeat(5_000_000) })
    const answer = answerOf(await poster.post(asked(receiver.url)))
    expect(answer).toMatchObject({ status: 200, cut: true })
    expect(answer.body).toHaveLength(1_000)
    receiver.answer({ body: "y" })
    expect(Buffer.from(answerOf(await poster.post(asked(receiver.url))).body).toString()).toBe("y")
    expect(receiver.connections()).toBe(2)
  })

  test("no answer within the deadline is a timeout", async () => {
    receiver.answer({ hang: "headers" })
    expect(await poster.post(asked(receiver.url, { deadlineMs: 100 }))).toEqual({
      ok: false,
      kind: "timeout",
      message: "The receiver did not answer within 0.1 s.",
    })
  })

  test.each([
    ["stalls", { hang: "body" as const }],
    ["drips", { drip: { bytes: 1, everyMs: 20 } }],
  ])("a body that %s past the deadline leaves the status standing, cut", async (_, how) => {
    receiver.answer({ status: 200, body: "x".repeat(500), ...how })
    const before = performance.now()
    const answer = answerOf(await poster.post(asked(receiver.url, { deadlineMs: 200 })))
    expect(answer).toMatchObject({ status: 200, cut: true })
    expect(performance.now() - before).toBeLessThan(600)
  })

  test("a receiver that drips one byte per 200 ms is left at the deadline, which no byte prolongs", async () => {
    receiver.answer({ status: 200, body: "x".repeat(500), drip: { bytes: 1, everyMs: 200 } })
    const answer = answerOf(await poster.post(asked(receiver.url, { deadlineMs: 700 })))
    expect(answer).toMatchObject({ status: 200, cut: true })
    expect(answer.body.length).toBeGreaterThan(0)
    expect(answer.body.length).toBeLessThan(10)
  })

  test("a body that breaks off leaves the status standing, cut", async () => {
    receiver.answer({ status: 410, body: "half", close: "after" })
    const answer = answerOf(await poster.post(asked(receiver.url)))
    expect(answer).toMatchObject({ status: 410, cut: true })
    expect(Buffer.from(answer.body).toString()).toBe("half")
  })

  test.each(["before", "reset"] as const)(
    "a connection that is closed without an answer (%s) is a reset",
    async (close) => {
      receiver.answer({ close })
      expect(await poster.post(asked(receiver.url))).toMatchObject({ ok: false, kind: "reset" })
      expect(receiver.requests).toHaveLength(1)
    },
  )

  test("a kept socket that is closed as we take it up again: asked once more on a fresh one", async () => {
    answerOf(await poster.post(asked(receiver.url)))
    receiver.answer((_, index) => (index === 1 ? { close: "reset" } : { status: 201 }))
    expect(answerOf(await poster.post(asked(receiver.url))).status).toBe(201)
    expect(receiver.requests).toHaveLength(3)
    expect(receiver.connections()).toBe(2)
  })

  test("a server that closed its idle sockets is reached again", async () => {
    answerOf(await poster.post(asked(receiver.url)))
    receiver.closeIdle()
    expect(answerOf(await poster.post(asked(receiver.url))).status).toBe(200)
  })

  test("but only once, and not on another kept one", async () => {
    await Promise.all([poster.post(asked(receiver.url)), poster.post(asked(receiver.url))])
    expect(receiver.connections()).toBe(2)
    receiver.answer({ close: "reset" })
    expect(await poster.post(asked(receiver.url))).toMatchObject({ ok: false, kind: "reset" })
    expect(receiver.requests).toHaveLength(4)
    expect(receiver.connections()).toBe(3)
  })

  test("a header that HTTP does not allow is an outcome, and its value is not repeated", async () => {
    const result = await poster.post(asked(receiver.url, { headers: { "x-token": "s3cret\r\nx-more: 1" } }))
    expect(result).toMatchObject({ ok: false, kind: "connect" })
    expect(JSON.stringify(result)).not.toContain("s3cret")
    expect(receiver.requests).toHaveLength(0)
  })

  test("refused connections are told without the address", async () => {
    await receiver.close()
    const result = await poster.post(asked(receiver.url))
    expect(result).toEqual({ ok: false, kind: "connect", message: "The receiver refused the connection." })
    receiver = await startReceiver()
  })

  test("http spoken to https is a TLS failure", async () => {
    const result = await poster.post(asked(receiver.url.replace("http:", "https:")))
    expect(result).toMatchObject({ ok: false, kind: "tls" })
  })

  test.each([
    ["garbage", "SSH-2.0-OpenSSH\r\n\r\n", /not valid HTTP/],
    ["headers without end", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(40_000)}\r\n\r\n`, /headers were larger/],
  ])("%s for an answer is a reset", async (_, text, message) => {
    const result = await rawServer(text, (url) => poster.post(asked(url)))
    expect(result).toMatchObject({ ok: false, kind: "reset" })
    if (!result.ok) expect(result.message).toMatch(message)
  })

  test("an answer that comes before the request was read ends it: the rest is not sent", async () => {
    const body = "x".repeat(16_000_000)
    let bytes = 0
    const result = await rawServer(
      "HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n",
      (url) => poster.post(asked(url, { body })),
      (socket) =>
        new Promise((resolve) => {
          socket.on("data", (chunk: Buffer) => {
            bytes += chunk.length
            if (bytes > body.length) resolve()
          })
          socket.on("close", () => resolve())
          socket.resume()
        }),
    )
    expect(answerOf(result).status).toBe(413)
    expect(bytes).toBeLessThan(body.length)
  })

  test("settings for proxies are not read", async () => {
    vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:1")
    vi.stubEnv("http_proxy", "http://127.0.0.1:1")
    vi.stubEnv("NODE_USE_ENV_PROXY", "1")
    const fresh = createPost()
    try {
      expect(answerOf(await fresh.post(asked(receiver.url))).status).toBe(200)
    } finally {
      fresh.close()
      vi.unstubAllEnvs()
    }
  })

  test("a host that hangs delays no other", async () => {
    const other = await startReceiver()
    receiver.answer({ hang: "headers" })
    const hanging = Array.from({ length: 200 }, () => poster.post(asked(receiver.url, { deadlineMs: 1_000 })))
    const before = performance.now()
    expect(answerOf(await poster.post(asked(other.url))).status).toBe(200)
    expect(performance.now() - before).toBeLessThan(900)
    expect((await Promise.all(hanging)).every((result) => !result.ok && result.kind === "timeout")).toBe(true)
    await other.close()
  })
})

describe("names", () => {
  test.each(["localhost", "posthorn.localhost"])("%s is loopback without asking anybody", async (host) => {
    expect(answerOf(await poster.post(asked(`http://${host}:${receiver.port}/`))).status).toBe(200)
  })

  const withLookup = async (lookup: Lookup): Promise<HttpResult> => {
    const own = createPost({ lookup })
    const result = await own.post(asked("https://hooks.example.com/", { allowPrivate: false, deadlineMs: 300 }))
    own.close()
    return result
  }

  test.each([
    ["no address", async () => [], "has no address"],
    [
      "ENOTFOUND",
      async () => Promise.reject(Object.assign(new Error("10.0.0.1"), { code: "ENOTFOUND" })),
      "has no address",
    ],
    ["SERVFAIL", async () => Promise.reject(Object.assign(new Error("10.0.0.1"), { code: "ESERVFAIL" })), "just now"],
  ])("%s is a dns failure", async (_, lookup, why) => {
    const result = await withLookup(lookup)
    expect(result).toMatchObject({ ok: false, kind: "dns" })
    if (!result.ok) expect(result.message).toContain(why)
  })

  test("a look-up that never ends meets the deadline", async () => {
    expect(await withLookup(() => new Promise(() => {}))).toMatchObject({ ok: false, kind: "timeout" })
  })
})

describe("what is dialled", () => {
  /** Stands in for the kernel: counts and refuses each connect, so that nothing leaves the machine. */
  const dialled: string[] = []
  let onDial: ((handle: Handle, request: unknown) => number) | null = null
  interface Handle {
    connect: (request: unknown, address: string, port: number) => number
    connect6: (request: unknown, address: string, port: number) => number
  }
  let prototype: Handle
  let original: Pick<Handle, "connect" | "connect6">

  beforeEach(async () => {
    const probe = net.connect(receiver.port, "127.0.0.1")
    await new Promise((resolve) => probe.once("connect", resolve))
    prototype = Object.getPrototypeOf((probe as Socket & { _handle: Handle })._handle) as Handle
    probe.destroy()
    original = { connect: prototype.connect, connect6: prototype.connect6 }
    const counted = function (this: Handle, request: unknown, address: string): number {
      dialled.push(address)
      return onDial?.(this, request) ?? -111
    }
    prototype.connect = counted
    prototype.connect6 = counted
  })
  afterEach(() => {
    Object.assign(prototype, original)
    dialled.length = 0
    onDial = null
  })

  const good = "93.184.216.34"
  /** What each name answers, one list per look-up; the last one stays. */
  const zone: Record<string, string[][]> = {
    "private.example.com": [["10.0.0.5"]],
    "loopback.example.com": [["127.0.0.1"]],
    "metadata.example.com": [["169.254.169.254"]],
    "loopback6.example.com": [["::1"]],
    "mapped.example.com": [["::ffff:127.0.0.1"]],
    "mixed.example.com": [[good, "10.0.0.5"]],
    "mixed6.example.com": [["2606:4700:4700::1111", "fd00:ec2::254"]],
    "rebinding.example.com": [[good], ["127.0.0.1"]],
    "public.example.com": [[good]],
    "public6.example.com": [["2606:4700:4700::1111"]],
  }

  const dangerous = [
    // Spellings of IPv4.
    "127.0.0.1", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "0x7f000001",
    // IPv4 ranges.
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.1", "192.0.2.1", "192.168.1.1",
    "198.18.0.1", "203.0.113.1", "224.0.0.1", "255.255.255.255",
    // IPv6 literals.
    "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fc00::1]", "[fe80::1]",
    "[fec0::1]", "[fd00:ec2::254]", "[5f00::1]", "[4000::1]",
    // Names.
    "private.example.com", "metadata.example.com", "loopback6.example.com", "mixed.example.com", "rebinding.example.com",
  ] // prettier-ignore

  /** Answers by name, and remembers how often a name was asked for. */
  const resolverOf = (): Lookup => {
    const times = new Map<string, number>()
    return async (hostname) => {
      const time = times.get(hostname) ?? 0
      times.set(hostname, time + 1)
      const answers = zone[hostname] ?? []
      return answers[Math.min(time, answers.length - 1)] ?? []
    }
  }

  test("there are 35 of them", () => expect(new Set(dangerous).size).toBe(35))

  test.each([...dangerous, "mapped.example.com", "loopback.example.com", "mixed6.example.com"])(
    "%s: never dialled",
    async (host) => {
      const own = createPost({ lookup: resolverOf() })
      const results: HttpResult[] = []
      for (const round of [1, 2, 3])
        results.push(await own.post(asked(`https://${host}/hook?${round}`, { allowPrivate: false })))
      own.close()
      // The rebinding name's first answer is public and may be; nothing else.
      expect(dialled.filter((address) => address !== good)).toEqual([])
      expect(dialled).toHaveLength(host === "rebinding.example.com" ? 1 : 0)
      expect(results.at(-1)).toMatchObject({ ok: false, kind: "address_refused" })
      const message = results.map((result) => (result.ok ? "" : result.message)).join()
      expect(message).not.toMatch(/\d+\.\d+\.\d+|::/)
    },
  )

  test.each([
    [good, good],
    ["[2606:4700:4700::1111]", "2606:4700:4700::1111"],
    ["public6.example.com", "2606:4700:4700::1111"],
    ["public.example.com", good],
  ])("the public %s: dialled", async (host, address) => {
    const own = createPost({ lookup: resolverOf() })
    const result = await own.post(asked(`https://${host}/`, { allowPrivate: false }))
    own.close()
    expect(dialled).toEqual([address])
    expect(result).toEqual({ ok: false, kind: "connect", message: "The receiver refused the connection." })
  })

  test("where private addresses are allowed, metadata and special ones still are not dialled", async () => {
    const lookup: Lookup = async () => ["169.254.169.254"]
    const own = createPost({ lookup })
    for (const host of [
      "169.254.169.254",
      "[fd00:ec2::254]",
      "[::ffff:127.0.0.1]",
      "0.0.0.0",
      "metadata.google.internal",
    ])
      expect(await own.post(asked(`http://${host}/`))).toMatchObject({ ok: false, kind: "address_refused" })
    own.close()
    expect(dialled).toEqual([])
  })

  test("should Node connect elsewhere than we said, nothing is sent there", async () => {
    const bytes: Buffer[] = []
    const taken = Promise.withResolvers<unknown>()
    const server = net.createServer((socket) => {
      socket.on("data", (chunk) => bytes.push(chunk))
      socket.on("error", () => {})
      socket.on("close", taken.resolve)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    onDial = (handle, request) => original.connect.call(handle, request, "127.0.0.1", port)
    const own = createPost({ lookup: async () => [good] })
    const result = await own.post(asked("https://hooks.example.com/", { allowPrivate: false }))
    await taken.promise
    own.close()
    expect(dialled).toEqual([good])
    expect(result).toMatchObject({ ok: false, kind: "address_refused" })
    expect(Buffer.concat(bytes)).toHaveLength(0)
    await new Promise((resolve) => server.close(resolve))
  })
})

/** A server that says the same to everybody, or what `instead` says; with `afterwards`, it reads nothing before that is called. */
const rawServer = async <T>(
  text: string,
  run: (url: string) => Promise<T>,
  afterwards?: (socket: Socket) => Promise<void>,
  instead?: (socket: Socket) => void,
): Promise<T> => {
  const sockets: Socket[] = []
  const server = net.createServer((socket) => {
    sockets.push(socket)
    socket.on("error", () => {})
    if (instead !== undefined) socket.once("data", () => instead(socket))
    else if (afterwards !== undefined) socket.pause().write(text)
    else socket.once("data", () => socket.write(text))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  try {
    const result = await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    for (const socket of sockets) await afterwards?.(socket)
    return result
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}
