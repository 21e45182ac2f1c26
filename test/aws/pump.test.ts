import { SendMessageBatchCommand } from "@aws-sdk/client-sqs"
import type { SQSEvent } from "aws-lambda"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { type Emulator, startEmulator } from "./emulator.ts"
import { whyNoMoto } from "./moto.ts"
import { createPump, type PumpOptions } from "./pump.ts"

const reason = whyNoMoto()

describe.skipIf(reason !== null)(`the pump${reason === null ? "" : `, skipped: ${reason}`}`, () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startEmulator()
  }, 60_000)
  afterAll(() => emulator.close())

  const pumpOf = async (more: Partial<PumpOptions>) => {
    const url = await emulator.createQueue()
    const Entries = ["a", "b", "c"].map((MessageBody) => ({ Id: MessageBody, MessageBody }))
    await emulator.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))
    const mapping = { batchSize: 10, reportsFailures: true, concurrencyMax: null, invoke: async () => null }
    return { url, pump: createPump({ sqs: emulator.sqs, url, ...mapping, ...more }) }
  }
  const deleted = (): string[] => {
    const ids: string[] = []
    emulator.gateway.fault = (operation, body) => {
      if (operation === "DeleteMessageBatch") ids.push(...(body["Entries"] as { Id: string }[]).map(({ Id }) => Id))
      return null
    }
    return ids
  }
  const failing = async ({ Records: [first] }: SQSEvent) => ({
    batchItemFailures: [{ itemIdentifier: first!.messageId }],
  })

  it("deletes what did not fail, where the mapping reports failures", async () => {
    const ids = deleted()
    const { pump } = await pumpOf({ invoke: failing })
    expect(await pump.round()).toBe(3)
    expect(ids).toHaveLength(2)
  })

  it("deletes the whole batch where it does not, as Lambda would", async () => {
    const ids = deleted()
    const { pump } = await pumpOf({ invoke: failing, reportsFailures: false })
    await pump.round()
    expect(ids).toHaveLength(3)
  })

  it("has no more batches under way than the mapping may have", async () => {
    const end = Promise.withResolvers<null>()
    const { pump } = await pumpOf({ batchSize: 1, concurrencyMax: 2, invoke: () => end.promise })
    const rounds = [pump.round(), pump.round()]
    expect(await pump.round()).toBe(0)
    end.resolve(null)
    expect(await Promise.all(rounds)).toEqual([1, 1])
    expect(await pump.round()).toBe(1)
  })
})
