import http from "node:http"
import type { AddressInfo } from "node:net"

import { describe, expect, it } from "vitest"

import { startReceiver } from "../receiver.ts"
import { until, type Relay } from "../relay.ts"
import { cliOf } from "./cli.ts"
import { conversationIn, deliveries, useStage, write } from "./stage.ts"

const { start, receive, cleanups } = useStage()

interface Finding {
  check: string
  level: "ok" | "warn" | "fail"
  message: string
  fix: string | null
}

const about = (findings: Finding[], check: string) => findings.filter((finding) => finding.check === check)
const levels = (findings: Finding[], check: string) => about(findings, check).map(({ level }) => level)

/** In front of a relay, with what it changes of each answer. */
const proxyTo = async (url: string, change: (headers: http.IncomingHttpHeaders) => http.OutgoingHttpHeaders) => {
  const server = http.createServer((request, response) => {
    const out = http.request(
      `${url}${request.url ?? ""}`,
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, change(answer.headers))
        answer.pipe(response)
      },
    )
    request.pipe(out)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

const healthy = async (): Promise<Relay> => {
  const relay = await start()
  const receiver = await receive()
  await relay.endpoint(receiver.url)
  await write(relay, conversationIn(relay), "hello")
  await receiver.waitFor(1)
  await until(async () => (await deliveries(relay, "status=succeeded")).length === 1)
  return relay
}

describe("doctor", { timeout: 240_000 }, () => {
  it("finds nothing wrong where nothing is, with a ping to the endpoint, and in words as well as in JSON", async () => {
    const relay = await healthy()
    const cli = cliOf(relay, cleanups)
    const env = { CONNECTSAFELY_API_KEY: "secret-upstream-key", CONNECTSAFELY_BASE_URL: relay.upstreamUrl }
    const { code, lines, out, err } = await cli.json<Finding>(["doctor", "--ping"], env)
    expect(lines.filter(({ level }) => level === "fail")).toEqual([])
    expect(code).toBe(0)
    for (const check of ["deployment", "key", "clock", "accounts", "dialect", "limits", "endpoints", "ping"])
      expect(new Set(levels(lines, check)), check).toEqual(new Set(["ok"]))
    expect(
      about(lines, "limits")
        .map(({ message }) => message)
        .join(" "),
    ).toMatch(/headers name a limit of \d+/)
    expect(about(lines, "upstream").at(-1)?.message).toContain("accepts the key")
    expect(out + err).not.toMatch(/secret-upstream-key|phk_/)
    const { out: words } = await cli.run(["doctor"])
    expect(words).toMatch(/✓ deployment {2}It answers/)
    expect(words).not.toContain("\u001b")
  })

  it("says what is wrong with the key, and with the address", async () => {
    const relay = await healthy()
    const cli = cliOf(relay, cleanups)
    const wrongKey = await cli.json<Finding>(["doctor"], { POSTHORN_KEY: "phk_of_another_deployment" })
    expect([wrongKey.code, levels(wrongKey.lines, "deployment"), levels(wrongKey.lines, "key")]).toEqual([
      1,
      ["ok"],
      ["fail"],
    ])
    expect(about(wrongKey.lines, "key")[0]?.fix).toContain("POSTHORN_KEY")
    expect(wrongKey.out + wrongKey.err).not.toContain("phk_of_another")

    const closed = await startReceiver()
    await closed.close()
    const nobody = await cli.json<Finding>(["doctor", "--url", `http://127.0.0.1:${String(closed.port)}`])
    expect([nobody.code, about(nobody.lines, "deployment")[0]?.message]).toEqual([
      1,
      expect.stringContaining("Nothing answers"),
    ])
    expect(about(nobody.lines, "deployment")[0]?.message, "what to do is said once").not.toContain("--url")

    const other = await receive()
    other.answer({ status: 200, headers: { "content-type": "text/html" }, body: "<html>" })
    const another = await cli.json<Finding>(["doctor", "--url", new URL(other.url).origin])
    expect([another.code, about(another.lines, "deployment")[0]?.fix]).toEqual([
      1,
      expect.stringContaining("in front of /v1"),
    ])

    const noKey = await cli.json<Finding>(["doctor"], { POSTHORN_KEY: "" })
    expect([noKey.code, about(noKey.lines, "settings")[0]?.level]).toEqual([1, "fail"])
    const limited = (await relay.api<{ key: string }>("/v1/keys", { body: { name: "x", scopes: ["conversations"] } }))
      .body.key
    const noScope = await cli.json<Finding>(["doctor"], { POSTHORN_KEY: limited })
    expect([noScope.code, about(noScope.lines, "accounts")[0]?.message]).toEqual([1, expect.stringContaining('"read"')])
  })

  it("notices a clock that is a little off, and calls wrong what receivers would refuse", async () => {
    const relay = await healthy()
    const cli = cliOf(relay, cleanups)
    const shifted = (seconds: number) =>
      proxyTo(relay.runtime.url, (headers) => ({
        ...headers,
        date: new Date(Date.now() + seconds * 1_000).toUTCString(),
      }))
    const clock = async (url: string) => about((await cli.json<Finding>(["doctor", "--url", url])).lines, "clock")[0]
    expect(await clock(await shifted(400))).toMatchObject({
      level: "fail",
      message: expect.stringMatching(/7 min behind/) as string,
    })
    expect(await clock(await shifted(-60))).toMatchObject({
      level: "warn",
      message: expect.stringMatching(/(59|60|61) s ahead/) as string,
    })
    expect(await clock(await shifted(0))).toMatchObject({ level: "ok" })
  })

  it("says how an endpoint fails and what to do about it", async () => {
    const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "1" } })
    const cli = cliOf(relay, cleanups)
    const refusing = await receive()
    refusing.answer({ status: 401 })
    const gone = await receive()
    gone.answer({ status: 410 })
    const { id: refusingId } = await relay.endpoint(refusing.url)
    const { id: goneId } = await relay.endpoint(gone.url)
    const { id: pausedId } = await relay.endpoint("http://127.0.0.1:9/hook", { description: "not yet" })
    await relay.api(`/v1/endpoints/${pausedId}/pause`, { method: "POST" })
    await write(relay, conversationIn(relay), "hello")
    await until(async () => (await deliveries(relay, `status=exhausted&endpointId=${refusingId}`)).length === 1)
    await until(async () => (await relay.api<{ status: string }>(`/v1/endpoints/${goneId}`)).body.status === "disabled")
    // Counts are written every second.
    await until(async () => (await relay.api<{ endpoints: unknown[] }>("/v1/stats")).body.endpoints.length > 0)
    const { code, lines } = await cli.json<Finding>(["doctor", "--ping"])
    expect(code).toBe(1)
    const of = (id: string) => lines.filter(({ message }) => message.includes(id))
    expect(of(refusingId).map(({ check, level }) => [check, level])).toEqual([
      ["endpoints", "fail"],
      ["endpoints", "warn"],
      ["ping", "fail"],
    ])
    expect(of(refusingId)[1]?.fix).toMatch(new RegExp(`replay ${refusingId} --since .* --only-failed`))
    expect(of(refusingId)[2]?.fix).toContain("secret")
    expect(of(goneId)).toMatchObject([{ level: "fail", fix: expect.stringContaining(`resume ${goneId}`) as string }])
    // What met the 410 was seen before it: the replay that is named brings it too.
    const [, since = ""] = /--since (\S+)/.exec(of(goneId)[0]?.fix ?? "") ?? []
    const again = { body: { since, dryRun: true } }
    expect((await relay.api(`/v1/endpoints/${goneId}/replay`, again)).body).toMatchObject({ matched: 1 })
    expect(of(pausedId)).toMatchObject([{ level: "warn" }])
    // Of a hook's URL only the host.
    expect(JSON.stringify(lines)).not.toContain("/hook")
  })

  it("says that ConnectSafely does not take the key, or cannot be reached, without showing it", async () => {
    const relay = await healthy()
    const cli = cliOf(relay, cleanups)
    relay.simulator.faults.add({ kind: "status", status: 401, message: "bad key secret-upstream-key" })
    const env = { CONNECTSAFELY_API_KEY: "secret-upstream-key", CONNECTSAFELY_BASE_URL: relay.upstreamUrl }
    const refused = await cli.json<Finding>(["doctor"], env)
    expect([refused.code, about(refused.lines, "upstream").at(-1)?.level]).toEqual([1, "fail"])
    relay.simulator.faults.clear()
    relay.simulator.faults.add({ kind: "status", status: 403, shape: "A", message: "no plan for secret-upstream-key" })
    const forbidden = await cli.json<Finding>(["doctor"], env)
    expect(about(forbidden.lines, "upstream").at(-1)?.message).toContain("no plan for [key]")
    const closed = await startReceiver()
    await closed.close()
    const unreachable = await cli.json<Finding>(["doctor"], { ...env, CONNECTSAFELY_BASE_URL: closed.url })
    expect(about(unreachable.lines, "upstream").at(-1)?.message).toContain("cannot be reached")
    for (const { out, err } of [refused, forbidden, unreachable]) expect(out + err).not.toContain("secret-upstream-key")
  })

  it("says of an account that fails why, and where accounts do not fit into the requests", async () => {
    const relay = await start({
      simulator: { accounts: 3 },
      env: { POSTHORN_POLL_SECONDS: "1", POSTHORN_REQUESTS_PER_MINUTE: "60" },
    })
    const cli = cliOf(relay, cleanups)
    // The first poll was the baseline, which says nothing of pace.
    await relay.poll()
    const stretched = await cli.json<Finding>(["doctor"])
    expect(about(stretched.lines, "limits")).toMatchObject([
      {
        level: "warn",
        message: expect.stringContaining("3 accounts share") as string,
        fix: expect.stringContaining("POSTHORN_REQUESTS_PER_MINUTE") as string,
      },
    ])
    relay.simulator.faults.add({ kind: "status", status: 401 })
    await relay.poll()
    const failing = await cli.json<Finding>(["doctor"])
    expect([
      failing.code,
      about(failing.lines, "accounts").some(
        ({ level, fix }) => level === "fail" && fix?.includes("CONNECTSAFELY_API_KEY"),
      ),
    ]).toEqual([1, true])
  })
})
