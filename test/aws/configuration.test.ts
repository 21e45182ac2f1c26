import { expect, it } from "vitest"

import { onAws } from "./on-aws.ts"

onAws("the handlers on AWS, as they are configured", ({ baselined, open }) => {
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
    ["Table", "Schedule"],
    ["PollQueue", "Schedule"],
    ["ConnectSafelyApiKey", "Schedule"],
    ["Bus", "Sweep"],
    ["DeliveryQueue", "Fanout"],
  ] as const)("names a link that is missing: %s", async (without, name) => {
    const cloud = await open({ without })
    const delivered = {
      source: "posthorn",
      "detail-type": "ping",
      resources: ["posthorn:log/system/1"],
      detail: { id: "evt_1", type: "ping" },
    }
    await expect(cloud.invoke(name, name === "Fanout" ? delivered : {})).rejects.toThrow(without)
  })

  it("names a secret that is missing, and never shows one that is wrong", async () => {
    const cloud = await open({ without: "AdminKey" })
    await expect(cloud.api("/v1/me")).rejects.toThrow("AdminKey")
    const short = await open({ secrets: { EncryptionKey: "dG9vIHNob3J0" } })
    await expect(short.api("/v1/me")).rejects.toThrow(/^The secret EncryptionKey is not valid: npx sst secret set/)
    await expect(short.api("/v1/me")).rejects.not.toThrow("dG9vIHNob3J0")
  })
})
