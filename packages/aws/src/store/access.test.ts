import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb"
import { describe, expect, it } from "vitest"

import { openAccess } from "./access.ts"
import { absent, present } from "./expression.ts"

/** A client that gives the answers one after another, the last one for ever, and keeps what it was asked. */
const scripted = (...answers: unknown[]) => {
  const asked: unknown[] = []
  const slept: number[] = []
  const client = {
    send: async (command: { input: unknown }) => {
      asked.push(command.input)
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (answer instanceof Error) throw answer
      return answer
    },
  } as unknown as DynamoDBDocumentClient
  const clock = {
    now: () => 0,
    sleep: async (ms: number) => {
      slept.push(ms)
    },
  }
  return { table: openAccess(client, "t", clock), asked, slept }
}

const a = { pk: "p", sk: "a" }
const b = { pk: "p", sk: "b" }
const c = { pk: "p", sk: "c" }

describe("getMany", () => {
  it("asks again for what DynamoDB left unprocessed, and keeps the order of the keys", async () => {
    const { table, asked, slept } = scripted(
      { Responses: { t: [b] }, UnprocessedKeys: { t: { Keys: [a, c] } } },
      { Responses: { t: [] }, UnprocessedKeys: { t: { Keys: [a, c] } } },
      { Responses: { t: [a] }, UnprocessedKeys: {} },
    )
    expect(await table.getMany([a, b, c])).toEqual([a, b, null])
    expect(asked).toHaveLength(3)
    expect(slept).toEqual([50])
  })

  it("gives up when nothing is ever processed, having waited longer each time", async () => {
    const { table, slept } = scripted({ Responses: {}, UnprocessedKeys: { t: { Keys: [a] } } })
    await expect(table.getMany([a])).rejects.toThrow("left 1 keys unread")
    expect(slept).toEqual([50, 100, 200, 400, 800, 1_600, 3_200])
  })

  it("reads at most 100 keys in a request, consistently", async () => {
    const { table, asked } = scripted({ Responses: { t: [] } })
    await table.getMany(Array.from({ length: 250 }, (_, index) => ({ pk: "p", sk: String(index), lsk: "entry" })))
    const requests = asked as { RequestItems: { t: { Keys: object[]; ConsistentRead: boolean } } }[]
    expect(requests.map(({ RequestItems }) => RequestItems.t.Keys.length)).toEqual([100, 100, 50])
    expect(requests[0]?.RequestItems.t.ConsistentRead).toBe(true)
    expect(requests[0]?.RequestItems.t.Keys[0]).toEqual({ pk: "p", sk: "0" })
  })
})

describe("query", () => {
  it("goes through pages until the limit, and asks for no more than is missing", async () => {
    const { table, asked } = scripted(
      { Items: [a, b], Count: 2, LastEvaluatedKey: b },
      { Items: [c], Count: 1, LastEvaluatedKey: c },
    )
    expect(await table.query({ pk: "p", limit: 3 })).toEqual([a, b, c])
    expect(asked).toMatchObject([{ Limit: 3 }, { Limit: 1, ExclusiveStartKey: b }])
  })
})

describe("reads", () => {
  it("are consistent, but for those of an index, which cannot be", async () => {
    const { table, asked } = scripted({ Items: [], Count: 0 })
    await table.get(a)
    await table.query({ pk: "p", limit: 1 })
    await table.query({ index: "list", pk: "p", limit: 1 })
    expect(asked).toMatchObject([{ ConsistentRead: true }, { ConsistentRead: true }, { ConsistentRead: false }])
  })
})

describe("conditional writes", () => {
  const failed = Object.assign(new Error("no"), { name: "ConditionalCheckFailedException" })

  it("answer false when the condition did not hold", async () => {
    expect(await scripted(failed).table.put(a, absent)).toBe(false)
    expect(await scripted(failed).table.update(a, { set: { x: 1 } }, absent)).toBeNull()
    expect(await scripted(failed).table.remove(a, present)).toBe(false)
  })

  it("throw any other failure", async () => {
    await expect(scripted(new Error("throttled")).table.put(a, absent)).rejects.toThrow("throttled")
    await expect(scripted(new Error("throttled")).table.remove(a)).rejects.toThrow("throttled")
  })
})

describe("keys that cannot be", () => {
  it("are not there, and DynamoDB is not asked", async () => {
    const { table, asked } = scripted({})
    expect(await table.get({ pk: "p", sk: "" })).toBeNull()
    expect(await table.get({ pk: "p", sk: "x".repeat(1_025) })).toBeNull()
    expect(await table.query({ pk: "é".repeat(1_025), limit: 1 })).toEqual([])
    expect(await table.query({ pk: "p", range: ["between", "b", "a"], limit: 1 })).toEqual([])
    expect(await table.query({ pk: "p", range: ["between", "a", "x".repeat(1_025)], limit: 1 })).toEqual([])
    expect(await table.remove({ pk: "p", sk: "" })).toBe(false)
    expect(asked).toEqual([])
  })
})
