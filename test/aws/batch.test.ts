import { batch } from "@posthorn/aws/batch"
import { putOffIn } from "@posthorn/aws/put-off"
import type { Fields } from "@posthorn/core/logger"
import { silentLogger } from "@posthorn/core/logger"
import type { Verdict } from "@posthorn/core/ports"
import type { SQSEvent, SQSRecord } from "aws-lambda"
import { describe, expect, it } from "vitest"
import * as z from "zod"

const eventOf = (...bodies: string[]): SQSEvent => ({
  Records: bodies.map(
    (body, index) =>
      ({
        messageId: `m${String(index)}`,
        receiptHandle: `r${String(index)}`,
        body,
        attributes: { ApproximateReceiveCount: "2" },
      }) as SQSRecord,
  ),
})
const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })
const schema = z.object({ v: z.literal(1), what: z.string() })
const body = (what: string): string => JSON.stringify({ v: 1, what })
const done: Verdict = { kind: "delete" }

describe("a batch", () => {
  it("runs every record, and names those that failed or wait", async () => {
    const seen: string[] = []
    const handler = batch({
      schema,
      putOff: async (record, until) => void seen.push(`${record.messageId} until ${String(until)}`),
      logger: silentLogger,
      run: async ({ what }) => {
        seen.push(what)
        if (what === "throws") throw new Error("no")
        return what === "waits" ? { kind: "again", at: 7 } : done
      },
    })
    const answer = await handler(eventOf(body("a"), body("throws"), body("waits"), body("b")))
    expect(answer).toEqual(failures("m1", "m2"))
    expect(seen.sort()).toEqual(["a", "b", "m2 until 7", "throws", "waits"])
  })

  it("runs them side by side", async () => {
    let running = 0
    const all = Promise.withResolvers<undefined>()
    const run = async (): Promise<Verdict> => {
      running += 1
      if (running === 10) all.resolve(undefined)
      await all.promise
      return done
    }
    const handler = batch({ schema, putOff: null, logger: silentLogger, run })
    expect(await handler(eventOf(...Array.from({ length: 10 }, () => body("a"))))).toEqual(failures())
  })

  it("names a record that nobody can read, and says so without its text", async () => {
    const lines: [string, Fields | undefined][] = []
    const logger = { ...silentLogger, error: (fact: string, fields?: Fields) => void lines.push([fact, fields]) }
    const handler = batch({ schema, putOff: null, logger, run: async () => done })
    const answer = await handler(eventOf("{ secret", "", "null", '{"v":2,"what":"secret"}', body("good")))
    expect(answer).toEqual(failures("m0", "m1", "m2", "m3"))
    expect(lines[0]).toEqual(["record.unreadable", { messageId: "m0", received: 2 }])
    expect(lines).toHaveLength(4)
    expect(JSON.stringify(lines)).not.toContain("secret")
  })

  it("keeps a record whose putting off failed", async () => {
    const putOff = (): Promise<void> => Promise.reject(new Error("away"))
    const handler = batch({ schema, putOff, logger: silentLogger, run: async () => ({ kind: "again", at: 7 }) })
    expect(await handler(eventOf(body("a")))).toEqual(failures("m0"))
  })
})

describe("putting off", () => {
  it.each([
    [-5_000, 0],
    [1, 1],
    [45_000, 45],
    [90_000_000, 43_140],
  ])("hides a message that waits %i ms for %i s", async (wait, seconds) => {
    const sent: unknown[] = []
    const client = { send: async ({ input }: { input: unknown }) => void sent.push(input) } as never
    await putOffIn({ client, url: "queue", clock: { now: () => 1_000, sleep: async () => {} } })(
      { receiptHandle: "r" } as SQSRecord,
      1_000 + wait,
    )
    expect(sent).toEqual([{ QueueUrl: "queue", ReceiptHandle: "r", VisibilityTimeout: seconds }])
  })
})
