import { randomBytes } from "node:crypto"
import net from "node:net"
import { PassThrough } from "node:stream"
import { afterEach, describe, expect, it } from "vitest"

import { toSettings } from "@posthorn/core/settings"
import { createLogger } from "@posthorn/local/logger"
import { createRuntime, type Runtime } from "@posthorn/local/runtime"

import { ADMIN_KEY, until } from "../relay.ts"

/** The runtime with its own logger, down to the bytes that a log gets; requests as bytes, since no client would send these. */

const CANARY = "c4n4ry"
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const start = async () => {
  const out = new PassThrough()
  const chunks: Buffer[] = []
  out.on("data", (chunk: Buffer) => chunks.push(chunk))
  const runtime = await createRuntime({
    settings: toSettings({ PORT: "0", POSTHORN_HINT_SECRET: "of-the-hints-0123456789" }),
    path: ":memory:",
    upstream: { baseUrl: "http://127.0.0.1:9", apiKey: "secret-upstream-key" },
    adminKey: ADMIN_KEY,
    encryptionKeys: [new Uint8Array(randomBytes(32))],
    logger: createLogger("debug", out as unknown as NodeJS.WriteStream),
    say: null,
  })
  cleanups.push(() => runtime.stop())
  runtime.start()
  return { runtime, logged: () => Buffer.concat(chunks).toString("utf8") }
}

/** Sends bytes as they stand; answers the first line that comes back, "" where the connection is closed without one. */
const send = (runtime: Runtime, head: string, body = ""): Promise<string> =>
  new Promise((resolve) => {
    const { port, hostname } = new URL(runtime.url)
    const socket = net.connect(Number(port), hostname.replace(/^\[|\]$/g, ""))
    let answer = ""
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1")
    })
    socket.on("error", () => {})
    socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""))
    socket.end(Buffer.from(`${head}\r\nconnection: close\r\nhost: x\r\n\r\n${body}`, "latin1"))
  })

const forged = `${CANARY}\n{"level":"error","fact":"forged"}`
const encoded = encodeURIComponent(forged)
const key = `authorization: Bearer ${ADMIN_KEY}`
const post = (path: string, body: string, ...headers: string[]): [string, string] => [
  [
    `POST ${path} HTTP/1.1`,
    key,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body, "latin1")}`,
    ...headers,
  ].join("\r\n"),
  body,
]

describe("whatever a caller sends", () => {
  it("a log has one line of JSON per fact, and none of the caller's words", async () => {
    const { runtime, logged } = await start()
    const hostile: [head: string, body?: string][] = [
      [`GET /v1/endpoints/${encoded} HTTP/1.1\r\n${key}`],
      [`GET /${encoded}?${encoded}=${encoded} HTTP/1.1\r\n${key}`],
      [`GET /v1/events?type=${encoded} HTTP/1.1\r\n${key}`],
      [`GET /${CANARY}\u00e2\u0080\u00a8\u0085 HTTP/1.1`],
      [`GET /v1/me HTTP/1.1\r\nauthorization: Bearer ${CANARY}"\\u000a}`],
      [`GET /v1/me HTTP/1.1\r\n${key}\r\nuser-agent: ${CANARY}\u001b[2J\r\nx-forwarded-for: ${CANARY}`],
      [`GET /v1/me HTTP/1.1\r\n${key}\r\nx-a: b\r\n ${CANARY}`],
      [`${CANARY} / HTTP/1.1`],
      [`GET /${CANARY}\nx HTTP/1.1`],
      [`\u0000\u0001${CANARY}`],
      post("/v1/endpoints", JSON.stringify({ url: `https://example.com/${forged}`, [forged]: forged })),
      post("/v1/endpoints", `{"url":"${CANARY}`),
      post("/v1/endpoints", "{}", `idempotency-key: ${CANARY}\t\u00ff`),
      post("/v1/events", JSON.stringify({ type: "custom.a", data: { [forged]: forged } })),
      post("/v1/keys", JSON.stringify({ name: forged, scopes: ["read"] })),
      post(
        "/v1/hints/connectsafely",
        JSON.stringify({ data: { account_id: forged } }),
        `x-webhook-signature: ${CANARY}`,
      ),
      post(`/v1/accounts/${encoded}/poll`, ""),
    ]
    for (const [head, body] of hostile) expect(await send(runtime, head, body), head).toMatch(/^HTTP\/1\.1 [24]|^$/)
    // The last word, so that all lines before it have been written.
    expect(await send(runtime, `GET /health HTTP/1.1`)).toContain("200")
    await until(() => logged().includes('"/health"'), "the last line")

    const lines = logged().trimEnd().split("\n")
    expect(lines.length).toBeGreaterThan(9)
    for (const line of lines) {
      const fact = JSON.parse(line) as Record<string, unknown>
      expect(fact, line).toMatchObject({
        fact: expect.stringMatching(/^[a-z]+\.[a-z_]+$/) as unknown,
        level: expect.any(String) as unknown,
      })
      expect(fact["fact"]).not.toBe("forged")
      if (fact["fact"] === "api.request") expect(fact["error"]).toBeNull()
    }
    expect(logged()).not.toMatch(/c4n4ry/i)
  })

  it("an error of ours that quotes a caller is escaped into its one line", async () => {
    const out = new PassThrough()
    createLogger("debug", out as unknown as NodeJS.WriteStream).error("api.request", {
      error: `Error: ${forged}\u2028\u0000\u001b[2J\ud800`,
      route: forged,
    })
    const text = (out.read() as Buffer).toString("utf8")
    expect(text.trimEnd().split(/[\n\r]/)).toHaveLength(1)
    expect(JSON.parse(text)).toMatchObject({ fact: "api.request", route: forged })
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(text.trimEnd()).not.toMatch(/[\u0000-\u001f]/)
  })
})
