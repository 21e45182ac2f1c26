import { describe, expect, it } from "vitest"

import { deploymentOf, type QueueName } from "./deployment.ts"
import { plan, plannedSuite } from "./planned.ts"
import { scaled } from "./resources.ts"

const suite = plannedSuite("what the tests play of the plan")

describe.skipIf(suite.skip)(suite.title, () => {
  const deployment = () => deploymentOf(plan())
  const queue = (wanted: QueueName) => deployment().queues.find(({ name }) => name === wanted)!

  it.each([
    ["DeliveryQueue", { visibilitySeconds: 90, receivesMax: 10 }, { visibilitySeconds: 2, receivesMax: 3 }],
    ["PollQueue", { visibilitySeconds: 70, receivesMax: 3 }, { visibilitySeconds: 2, receivesMax: 3 }],
  ] as const)("is quicker than %s", (name, planned, played) => {
    const { visibilitySeconds, redrive } = queue(name)
    expect({ visibilitySeconds, receivesMax: redrive?.receivesMax }).toEqual(planned)
    expect(scaled(queue(name))).toEqual(played)
  })

  it("is as planned in all else", () => {
    const { mappings, rule, schedules } = deployment()
    expect(mappings.map(({ queue: _, ...mapping }) => mapping)).toEqual([
      { function: "Deliver", batchSize: 10, reportsFailures: true, concurrencyMax: 20 },
      { function: "Poll", batchSize: 1, reportsFailures: true, concurrencyMax: null },
    ])
    expect(rule).toMatchObject({ pattern: '{"source":["posthorn"]}', function: "Fanout" })
    expect(rule.redrive).toEqual({ to: queue("FanoutDlq").physicalName, receivesMax: 3 })
    expect(queue("DeliveryQueue").redrive?.to).toBe(queue("DeliveryDlq").physicalName)
    expect(queue("DeliveryQueue").retentionSeconds).toBe(14 * 86_400)
    expect(Object.keys(schedules).sort()).toEqual(["Schedule", "Sweep"])
  })
})
