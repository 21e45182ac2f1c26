import { writeFileSync } from "node:fs"

import { person } from "@posthorn/simulator/person"
import { beforeAll, describe, expect, it } from "vitest"

import { startReceiver } from "../receiver.ts"
import { type Cloud, openCloud } from "./cloud.ts"
import { type Counts } from "./gateway.ts"
import { whyNoMoto } from "./moto.ts"
import { plan, plannedSuite } from "./planned.ts"
import { openRegion, type Region } from "./region.ts"
import { whyNoDynamodbLocal } from "../contract/dynamodb-engine.ts"

// Only AWS's own emulator counts capacity as AWS does.
const suite = plannedSuite("what AWS would bill", whyNoMoto() ?? whyNoDynamodbLocal())

interface Counted extends Counts {
  lambda: Record<string, { invocations: number; ms: number }>
}

const snapshot = ({ gateway, invocations }: Cloud): Counted => ({
  ...structuredClone(gateway.counts),
  lambda: Object.fromEntries(
    Object.entries(invocations).map(([name, { count, ms }]) => [name.toLowerCase(), { invocations: count, ms }]),
  ),
})

/** Every number less what it was before. */
const less = <Value>(after: Value, before: Value): Value => {
  if (typeof after === "number") return (Math.round((after - (before as number)) * 1_000) / 1_000) as Value
  const entries = Object.entries(after as Record<string, unknown>)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, less(value, (before as Record<string, unknown>)[key])]),
  ) as Value
}

/** What docs/cost.md is made of (POSTHORN_COUNTS: the file to write). */
describe.skipIf(suite.skip)(suite.title, () => {
  let region: Region
  beforeAll(async () => {
    region = await openRegion(plan())
    return () => region.close()
  }, 60_000)

  it("is counted for an idle minute with 5 accounts, and for one message to 3 endpoints", async () => {
    // One key, since with two each sweep reads the endpoints once more.
    const secrets = { EncryptionKey: Buffer.alloc(32, 1).toString("base64") }
    const cloud = await openCloud(region, { accounts: 5, secrets })
    const receivers = await Promise.all([startReceiver(), startReceiver(), startReceiver()])
    const during = async (work: () => Promise<void>): Promise<Counted> => {
      const before = snapshot(cloud)
      await work()
      return less(snapshot(cloud), before)
    }
    const minute = async (): Promise<void> => {
      await cloud.tick()
      await cloud.settle()
      await cloud.sweep()
      await cloud.settle()
    }
    try {
      for (const { port } of receivers) await cloud.endpoint(port)
      const accounts = [...cloud.simulator.world.accounts.keys()]
      const alice = person("Alice Example")
      // As full a front page as an account in use has.
      for (const account of accounts)
        for (let index = 0; index < 20; index += 1) {
          const conversation = cloud.simulator.world.addConversation({
            account,
            people: [person(`Person ${String(index)}`)],
          })
          cloud.simulator.world.write({ conversation, from: "owner", text: "An old message" })
        }
      const conversation = cloud.simulator.world.addConversation({ account: accounts[0]!, people: [alice] })
      cloud.simulator.world.write({ conversation, from: alice, text: "An old message" })
      // The first reads history; the others warm every function up, and get past a minute that looks for accounts.
      await minute()
      cloud.simulator.world.write({ conversation, from: alice, text: "Warm" })
      await minute()
      while (new Date(cloud.now()).getUTCMinutes() % 10 === 9) await minute()
      await minute()

      const idleMinute = await during(minute)
      cloud.simulator.world.write({ conversation, from: alice, text: "Hello, are you still looking for a plumber?" })
      const before = receivers.map(({ requests }) => requests.length)
      const busyMinute = await during(minute)
      expect(receivers.map(({ requests }, index) => requests.length - before[index]!)).toEqual([1, 1, 1])
      const oneMessage = less(busyMinute, idleMinute)

      // Each account: one message, lease and progress, and nothing else.
      expect(idleMinute.sqs).toMatchObject({ send: 1, receive: 5, delete: 5, changeVisibility: 0 })
      expect(idleMinute.dynamodb.writeUnits).toBeLessThanOrEqual(5 * 2 + 1)
      expect(idleMinute.eventbridge.putEventsEntries).toBe(0)
      expect(oneMessage.eventbridge.putEventsEntries).toBe(1)
      const file = process.env.POSTHORN_COUNTS
      const what = { accounts: 5, endpoints: 3, idleMinute, oneMessage }
      if (file !== undefined && file !== "") writeFileSync(file, `${JSON.stringify(what, null, 2)}\n`)
    } finally {
      await cloud.close()
      for (const receiver of receivers) await receiver.close()
    }
  }, 60_000)
})
