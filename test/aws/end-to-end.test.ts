import { person } from "@posthorn/simulator/person"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"

import { isSigned, type Receiver, startReceiver } from "../receiver.ts"
import {
  ADMIN_KEY,
  type Cloud,
  type CloudOptions,
  openCloud,
  openRegion,
  RECEIVES_MAX,
  type Region,
  UPSTREAM_KEY,
} from "./cloud.ts"
import { whyNoMoto } from "./moto.ts"

const reason = whyNoMoto()
const alice = person("Alice Example")

describe.skipIf(reason !== null)(
  `the handlers on AWS${reason === null ? "" : `, skipped: ${reason}`}`,
  () => {
    let region: Region
    beforeAll(async () => {
      region = await openRegion()
    }, 60_000)
    afterAll(() => region.close())

    const cleanups: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const open = async (options: CloudOptions = {}): Promise<Cloud> => {
      const cloud = await openCloud(region, options)
      cleanups.push(() => cloud.close())
      return cloud
    }
    const receive = async (): Promise<Receiver> => {
      const receiver = await startReceiver()
      cleanups.push(() => receiver.close())
      return receiver
    }
    /** Found, and its history read: what is written from now on is new. */
    const baselined = async (options: CloudOptions = {}): Promise<Cloud> => {
      const cloud = await open(options)
      await cloud.tick()
      await cloud.settle()
      return cloud
    }
    const write = (cloud: Cloud, text: string): void => {
      const account = [...cloud.simulator.world.accounts.keys()][0]!
      const conversation = cloud.simulator.world.addConversation({ account, people: [alice] })
      cloud.simulator.world.write({ conversation, from: alice, text })
    }

    it("brings a scheduled event to a signed POST, once", async () => {
      const [cloud, receiver] = [await baselined(), await receive()]
      const { secret } = await cloud.endpoint(receiver.port)
      write(cloud, "Hello 👋")
      await cloud.tick()
      await cloud.settle()
      expect(receiver.requests).toHaveLength(1)
      const [request] = receiver.requests
      expect(isSigned(request!, secret)).toBe(true)
      const sent = JSON.parse(request!.body) as { id: string; type: string; data: unknown }
      expect(sent).toMatchObject({ type: "message.received", data: { message: { text: "Hello 👋" }, sequence: 1 } })
      expect(request!.id).toBe(sent.id)
      expect((await cloud.api(`/v1/events/${sent.id}`)).body).toEqual(sent)
      expect((await cloud.api<{ data: unknown[] }>("/v1/deliveries")).body.data).toMatchObject([
        { status: "succeeded", attemptCount: 1 },
      ])
      await cloud.tick()
      await cloud.settle()
      expect(receiver.requests).toHaveLength(1)

      const log = cloud.logs.join("\n")
      expect(log).toContain('"fact":"delivery.attempted"')
      const signature = String(request!.headers["webhook-signature"])
      for (const secretText of [
        "Hello",
        "Alice",
        UPSTREAM_KEY,
        ADMIN_KEY,
        secret,
        signature,
        signature.slice(3),
        "/hook",
      ])
        expect(log).not.toContain(secretText)
    })

    it("delivers once, though SQS hands a record out twice", async () => {
      const [cloud, receiver] = [await baselined(), await receive()]
      await cloud.endpoint(receiver.port)
      write(cloud, "once")
      await cloud.tick()
      await cloud.settle("poll", "fanout")
      let body = ""
      await cloud.pumps.delivery.round(([record]) => {
        body = record!.body
        return [record!, { ...record!, receiptHandle: "another" }]
      })
      await cloud.sendRaw("delivery", body)
      await cloud.pumps.delivery.round()
      expect(receiver.requests).toHaveLength(1)
      expect((await cloud.api<{ data: unknown[] }>("/v1/deliveries")).body.data).toMatchObject([{ attemptCount: 1 }])
    })

    it("puts a record off while another dials, until the other's claim ends", async () => {
      const [cloud, receiver] = [await baselined(), await receive()]
      await cloud.endpoint(receiver.port)
      write(cloud, "twice at a time")
      await cloud.tick()
      await cloud.settle("poll", "fanout")
      receiver.answer({ delayMs: 1_000 })
      const hidden: unknown[] = []
      cloud.gateway.fault = (operation, asked) => {
        if (operation === "ChangeMessageVisibility") hidden.push(asked["VisibilityTimeout"])
        return null
      }
      const first = cloud.pumps.delivery.round(([record]) => {
        void receiver.waitFor(1).then(() => cloud.sendRaw("delivery", record!.body))
        return [record!]
      })
      await receiver.waitFor(1)
      while ((await cloud.pumps.delivery.round()) === 0);
      await first
      expect(hidden).toEqual([expect.toSatisfy((seconds: number) => seconds > 40 && seconds <= 45)])
      expect(receiver.requests).toHaveLength(1)
    })

    it("moves what it cannot read to the dead-letter queue, and delivers the rest of the batch", async () => {
      const [cloud, receiver] = [await baselined(), await receive()]
      await cloud.endpoint(receiver.port)
      write(cloud, "good")
      await cloud.tick()
      await cloud.settle("poll", "fanout")
      await cloud.sendRaw("delivery", "a private text")
      await cloud.sendRaw("delivery", JSON.stringify({ v: 2, log: "a private text" }))
      expect(await cloud.pumps.delivery.round()).toBe(3)
      expect(receiver.requests).toHaveLength(1)
      await cloud.settle()
      expect((await cloud.dead("delivery")).sort()).toEqual(["a private text", '{"v":2,"log":"a private text"}'])
      expect(receiver.requests).toHaveLength(1)
      const unreadable = cloud.logs.filter((line) => line.includes("record.unreadable"))
      expect(unreadable).toHaveLength(2 * RECEIVES_MAX)
      expect(cloud.logs.join()).not.toContain("a private text")
    })

    it("publishes again from the entry that EventBridge did not take", async () => {
      const [cloud, receiver] = [await baselined(), await receive()]
      const { secret } = await cloud.endpoint(receiver.port)
      const [account] = cloud.simulator.world.accounts.keys()
      const conversation = cloud.simulator.world.addConversation({ account: account!, people: [alice] })
      for (const text of ["one", "two", "three"]) cloud.simulator.world.write({ conversation, from: alice, text })
      let refused = 0
      cloud.gateway.fault = async (operation, asked, pass) => {
        if (operation !== "PutEvents") return null
        const entries = asked["Entries"] as { Detail: string }[]
        const index = entries.findIndex(({ Detail }) => Detail.includes('"two"'))
        if (index === -1) return null
        refused += 1
        const taken = await pass({ ...asked, Entries: entries.toSpliced(index, 1) })
        const failed = { ErrorCode: "ThrottlingException", ErrorMessage: "too many" }
        const Entries = (taken.body["Entries"] as unknown[]).toSpliced(index, 0, failed)
        return { status: 200, body: { FailedEntryCount: 1, Entries } }
      }
      await cloud.tick()
      await cloud.settle()
      const textOf = ({ body }: { body: string }): string =>
        (JSON.parse(body) as { data: { message: { text: string } } }).data.message.text
      expect(receiver.requests.map(textOf).sort()).toEqual(["one", "three"])
      expect(refused).toBeGreaterThan(0)
      cloud.gateway.fault = null
      await cloud.tick()
      await cloud.settle()
      expect(receiver.requests.map(textOf).sort()).toEqual(["one", "three", "two"])
      expect(receiver.requests.every((request) => isSigned(request, secret))).toBe(true)
    })

    it("sends again, with the same id, what a function sent and did not live to record", async () => {
      const [cloud, receiver] = [await baselined(), await receive()]
      const { secret } = await cloud.endpoint(receiver.port)
      write(cloud, "twice")
      await cloud.tick()
      await cloud.settle("poll", "fanout")
      receiver.answer({ hang: "headers" })
      const dying = cloud.pumps.delivery.round()
      await receiver.waitFor(1)
      cloud.lambdas.deliver.kill()
      await dying
      receiver.answer({ status: 200 })
      cloud.advance(46_000)
      await cloud.settle()
      expect(receiver.requests).toHaveLength(2)
      expect(new Set(receiver.requests.map(({ id }) => id)).size).toBe(1)
      expect(receiver.requests.every((request) => isSigned(request, secret))).toBe(true)
      const { body } = await cloud.api<{ data: { id: string }[] }>("/v1/deliveries")
      expect((await cloud.api(`/v1/deliveries/${body.data[0]!.id}`)).body).toMatchObject({
        status: "succeeded",
        attempts: [{ errorKind: "interrupted" }, { outcome: "succeeded" }],
      })
      expect(await cloud.dead("delivery")).toEqual([])
    })

    it("loses nothing when a poll dies between the log and the bus", async () => {
      const [cloud, receiver] = [await baselined(), await receive()]
      await cloud.endpoint(receiver.port)
      write(cloud, "from the log")
      cloud.gateway.fault = (operation) => {
        if (operation !== "PutEvents") return null
        cloud.gateway.fault = null
        cloud.lambdas.poll.kill()
        return { status: 500, body: {} }
      }
      await cloud.tick()
      while ((await cloud.pumps.poll.round()) === 0);
      expect(cloud.gateway.fault).toBeNull()
      const query = "/v1/events?type=message.received"
      const [written] = (await cloud.api<{ data: { id: string }[] }>(query)).body.data
      expect(written).toBeDefined()
      // Its lease has to end first.
      await cloud.tick()
      await cloud.tick()
      await cloud.settle()
      expect(receiver.requests.map(({ id }) => id)).toEqual([written!.id])
    })

    it("sweeps up a retry that is further away than SQS can wait", async () => {
      const [cloud, receiver] = [await baselined({ env: { POSTHORN_RETRY_SECONDS: "1800" } }), await receive()]
      await cloud.endpoint(receiver.port)
      write(cloud, "later")
      receiver.answer({ status: 500 })
      await cloud.tick()
      await cloud.settle()
      receiver.answer({ status: 200 })
      await cloud.invoke("sweep", {})
      await cloud.settle()
      expect(receiver.requests).toHaveLength(1)
      // The schedule's jitter is 20 %.
      cloud.advance(2_200_000)
      await cloud.invoke("sweep", {})
      await cloud.settle()
      expect(receiver.requests).toHaveLength(2)
      expect(new Set(receiver.requests.map(({ id }) => id)).size).toBe(1)
    })

    it("deals a minute once, however often the scheduler says so", async () => {
      const cloud = await baselined()
      await cloud.tick()
      const sent = cloud.gateway.counts.sqs.send
      await cloud.invoke("schedule", {})
      expect(cloud.gateway.counts.sqs.send).toBe(sent)
    })

    it("polls on request, of the requests that were kept back", async () => {
      // Four of five may be dealt.
      const [cloud, receiver] = [await baselined({ env: { POSTHORN_REQUESTS_PER_MINUTE: "5" } }), await receive()]
      await cloud.endpoint(receiver.port)
      const [account] = cloud.simulator.world.accounts.keys()
      write(cloud, "now")
      const before = cloud.simulator.requests.length
      expect((await cloud.api(`/v1/accounts/${account!}/poll`, null)).status).toBe(202)
      await cloud.settle()
      expect(cloud.simulator.requests.length).toBe(before + 1)
      expect((await cloud.api(`/v1/accounts/${account!}/poll`, null)).status).toBe(202)
      await cloud.settle()
      expect(cloud.simulator.requests.length).toBe(before + 1)
      await cloud.tick()
      await cloud.settle()
      expect(receiver.requests).toHaveLength(1)
    })

    it("deploys without upstream's key, says so, polls nothing and alarms nothing", async () => {
      const cloud = await baselined({ upstreamKey: null })
      const me = await cloud.api<{ deployment: { upstream: string } }>("/v1/me")
      expect(me.body.deployment.upstream).toBe("not_configured")
      expect(cloud.simulator.requests).toEqual([])
      expect(cloud.gateway.counts.sqs.send).toBe(0)
      expect(cloud.logs.filter((line) => /"level":"(WARN|ERROR)"/.test(line))).toEqual([])
    })

    it("refuses private addresses, whatever the environment says", async () => {
      const cloud = await open({ env: { POSTHORN_ALLOW_PRIVATE_URLS: "true" } })
      for (const url of [
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "http://example.com/hook",
        "https://10.0.0.8/",
      ])
        expect(await cloud.api("/v1/endpoints", { url })).toMatchObject({
          status: 400,
          body: { errors: [{ pointer: "/url" }] },
        })
    })

    it.each([
      ["Table", "schedule"],
      ["PollQueue", "schedule"],
      ["ConnectSafelyApiKey", "schedule"],
      ["Bus", "sweep"],
      ["DeliveryQueue", "fanout"],
    ] as const)("names a link that is missing: %s", async (without, name) => {
      const cloud = await open({ without })
      const delivered = {
        source: "posthorn",
        "detail-type": "ping",
        resources: ["posthorn:log/system/1"],
        detail: { id: "evt_1", type: "ping" },
      }
      await expect(cloud.invoke(name, name === "fanout" ? delivered : {})).rejects.toThrow(without)
    })

    it("names a secret that is missing, and never shows one that is wrong", async () => {
      const cloud = await open({ without: "AdminKey" })
      await expect(cloud.api("/v1/me")).rejects.toThrow("AdminKey")
      const short = await open({ links: { EncryptionKey: { value: "dG9vIHNob3J0" } } })
      await expect(short.api("/v1/me")).rejects.toThrow(/^The secret EncryptionKey is not valid: npx sst secret set/)
      await expect(short.api("/v1/me")).rejects.not.toThrow("dG9vIHNob3J0")
    })
  },
  60_000,
)
