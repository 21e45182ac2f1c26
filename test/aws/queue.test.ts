import { createHash } from "node:crypto"

import { createQueue } from "@posthorn/aws/queue"
import type { Message } from "@posthorn/core/ports"
import { MINUTE_MS } from "@posthorn/core/time"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"

import { type Emulator, startEmulator } from "./emulator.ts"
import { whyNoMoto } from "./moto.ts"

const reason = whyNoMoto()
const NOW = 1_800_000_000_000
const clock = { now: () => NOW, sleep: async () => {} }
const message = (body: string, notBefore = NOW): Message<string> => ({ body, group: "ep_1", notBefore })
/** The SDK compares the checksum. */
const taken = (Id: string, body: string) => ({
  Id,
  MessageId: Id,
  MD5OfMessageBody: createHash("md5").update(JSON.stringify(body)).digest("hex"),
})

describe.skipIf(reason !== null)(`the queue on SQS${reason === null ? "" : `, skipped: ${reason}`}`, () => {
  let emulator: Emulator
  let url: string
  let asked: Record<string, unknown>[]
  beforeAll(async () => {
    emulator = await startEmulator()
  }, 60_000)
  afterAll(() => emulator.close())
  beforeEach(async () => {
    url = await emulator.createQueue()
    asked = []
    emulator.gateway.fault = (operation, body) => {
      if (operation === "SendMessageBatch") asked.push(...(body["Entries"] as Record<string, unknown>[]))
      return null
    }
  })
  afterEach(() => void (emulator.gateway.fault = null))
  const queue = () => createQueue<string>({ client: emulator.sqs, url, clock })

  it("hands out what was sent, with its group for a fair queue", async () => {
    expect(await queue().send([message("a"), message("Grüße 👋")])).toEqual([null, null])
    const received = await emulator.receive(url, 2)
    expect(received.map(({ Body }) => JSON.parse(Body!) as string).sort()).toEqual(["Grüße 👋", "a"])
    expect(received.map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(["ep_1", "ep_1"])
  })

  it("takes no more than a batch, and asks nothing for none", async () => {
    await expect(queue().send(Array.from({ length: 11 }, (_, index) => message(String(index))))).rejects.toThrow(
      RangeError,
    )
    expect(await queue().send([])).toEqual([])
    expect(asked).toEqual([])
  })

  it("delays by whole seconds, late rather than early", async () => {
    const at = [NOW - 5_000, NOW, NOW + 1, NOW + 1_000, NOW + 1_001, NOW + 15 * MINUTE_MS]
    expect(await queue().send(at.map((notBefore) => message("m", notBefore)))).toEqual(at.map(() => null))
    expect(asked.map((entry) => entry["DelaySeconds"])).toEqual([0, 0, 1, 1, 2, 900])
  })

  it("hands out nothing early", async () => {
    await queue().send([message("later", NOW + 1_500), message("now")])
    const [first] = await emulator.receive(url, 1)
    expect(first?.Body).toBe('"now"')
    const before = Date.now()
    const [second] = await emulator.receive(url, 1)
    expect(second?.Body).toBe('"later"')
    expect(Date.now() - before).toBeGreaterThan(1_000)
  })

  it("refuses what may not be handed out within 15 minutes, and sends the rest", async () => {
    const answers = await queue().send([message("a"), message("b", NOW + 15 * MINUTE_MS + 1), message("c")])
    expect(answers).toEqual([null, expect.stringContaining("due index"), null])
    expect(asked.map((entry) => entry["MessageBody"])).toEqual(['"a"', '"c"'])
    expect(await queue().send([message("b", NOW + 3_600_000)])).toEqual([expect.any(String)])
    expect(asked).toHaveLength(2)
  })

  it("tells for each message whether it was taken", async () => {
    emulator.gateway.fault = () => ({
      status: 200,
      body: {
        Successful: [taken("2", "c"), taken("0", "a")],
        Failed: [{ Id: "1", Code: "InternalError", Message: "why", SenderFault: false }],
      },
    })
    expect(await queue().send(["a", "b", "c", "d"].map((body) => message(body)))).toEqual([
      null,
      "InternalError why",
      null,
      "no answer",
    ])
  })

  it("takes an outage for a refusal of all", async () => {
    emulator.gateway.fault = () => ({ status: 503, body: { __type: "ServiceUnavailable", message: "away" } })
    expect(await queue().send([message("a"), message("b")])).toEqual(["away", "away"])
  })
})
