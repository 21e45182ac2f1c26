import { DAY_MS, iso, MINUTE_MS } from "@posthorn/core/time"
import { person } from "@posthorn/simulator/person"
import { expect, it } from "vitest"

import { walkApi } from "./api-walk.ts"
import { deploymentOf } from "./deployment.ts"
import { onAws } from "./on-aws.ts"
import { grantedBy, textOf } from "./permissions.ts"
import { plan } from "./planned.ts"
import { HINT_SECRET } from "./request-event.ts"

const alice = person("Alice Example")
/** More than a poll follows back from event to event. */
const OLD_MESSAGES = 620

/** Granted to a role, and asked for by AWS with that role, where the tests have no part. */
const ASKED_BY_AWS = [
  { text: "Fanout sqs:SendMessage FanoutDlq", why: "Lambda keeps there what the function failed at" },
  { text: "Poll sqs:GetQueueAttributes PollQueue", why: "asked when the event source mapping is made" },
  { text: "Deliver sqs:GetQueueAttributes DeliveryQueue", why: "asked when the event source mapping is made" },
]

/** Without account, region, stage and SST's suffix. */
const short = (text: string): string => text.replace(/arn:\S+?posthorn-test-(\S+?)(Queue|Table|Bus)-\w+/, "$1")

// That nothing else is asked for every suite finds out: the gateway refuses it, and a cloud that was refused something says so when
// it is closed.
onAws("the permissions of the plan", ({ baselined, receive, write }) => {
  it("are all used: every action on every resource that a function was granted", async () => {
    const env = { POSTHORN_RETRY_SECONDS: "60", POSTHORN_REQUESTS_PER_MINUTE: "100" }
    const [cloud, receiver] = [await baselined({ env, secrets: { HintSecret: HINT_SECRET } }), await receive()]
    await cloud.endpoint(receiver.port, { eventTypes: ["message.received", "delivery.exhausted"] })
    const deliverUntil = async (requests: number): Promise<void> => {
      while (receiver.requests.length < requests) await cloud.pumps.Deliver.round()
    }

    // Fails, waits, comes early, fails for good: and that is an event as well.
    receiver.answer({ status: 500 })
    write(cloud, "fails for good")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    let first = ""
    while (first === "")
      await cloud.pumps.Deliver.round((records) => {
        first = records[0]!.body
        return records
      })
    await cloud.sendRaw("DeliveryQueue", JSON.stringify({ ...(JSON.parse(first) as object), number: 2 }))
    while ((await cloud.pumps.Deliver.round()) === 0);
    cloud.advance(160_000)
    await cloud.sweep()
    await deliverUntil(2)
    receiver.answer({ status: 200 })
    await cloud.settle("Fanout")
    await deliverUntil(3)

    // The endpoint asks for a pause: what comes meanwhile is held, and let go by the sweep.
    receiver.answer({ status: 503, headers: { "retry-after": "300" } })
    write(cloud, "asks for a pause")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    await deliverUntil(4)
    receiver.answer({ status: 200 })
    write(cloud, "held")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    while ((await cloud.pumps.Deliver.round()) === 0);
    cloud.advance(400_000)
    await cloud.sweep()
    await deliverUntil(5)

    // Gone: and the event about it does not get to the bus before the sweep.
    write(cloud, "gone")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    receiver.answer({ status: 410 })
    cloud.gateway.fault = (operation) => (operation === "PutEvents" ? { status: 400, body: {} } : null)
    await deliverUntil(receiver.requests.length + 1)
    cloud.gateway.fault = null
    await cloud.sweep()

    // History, so much of it that whether a message has its event is looked up in an index.
    const { world } = cloud.simulator
    const [account = ""] = world.accounts.keys()
    const old = world.addConversation({ account, people: [alice], createdAt: world.now() - 9 * DAY_MS })
    for (let minutes = OLD_MESSAGES; minutes > 0; minutes--)
      world.write({ conversation: old, from: alice, text: "old", sentAt: world.now() - minutes * MINUTE_MS })
    const since = iso(cloud.now() - DAY_MS)
    // Again: then all of it has its event.
    for (const made of [OLD_MESSAGES, 0]) {
      const { body: job } = await cloud.api<{ id: string }>(`/v1/accounts/${account}/backfill`, { since })
      const shown = async () => (await cloud.api<{ status: string; done: number }>(`/v1/jobs/${job.id}`)).body
      while ((await shown()).status !== "succeeded") {
        await cloud.settle("Poll")
        await cloud.tick()
      }
      expect((await shown()).done).toBe(made)
    }
    for (let events = 0; events < 10;) events += await cloud.pumps.Fanout.round()

    expect(await walkApi(cloud)).toEqual([])

    const granted = grantedBy(deploymentOf(plan())).map(textOf)
    const unused = granted.filter((text) => !cloud.used.has(text)).map(short)
    expect(unused.sort()).toEqual(ASKED_BY_AWS.map(({ text }) => text).sort())
  })
})
