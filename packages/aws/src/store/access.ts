import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb"
import type { Clock } from "@posthorn/core/ports"

import { type Change, type Condition, updateExpression } from "./expression.ts"
import type { Item } from "./item.ts"
import { indexes, type IndexName, type Key } from "./keys.ts"

/** DynamoDB's own bounds. */
const PK_BYTES_MAX = 2048
const SK_BYTES_MAX = 1024
const BATCH_GET_MAX = 100
/** Unprocessed keys are asked for so often in a row without any progress, 50 ms at first, doubling: 6 s in all. */
const BATCH_GET_TRIES = 8
const BATCH_GET_WAIT_MS = 50

export interface Query {
  index?: IndexName
  pk: string
  /** On the sort key; both ends of a `between` are inclusive. */
  range?: readonly ["<" | "<=" | ">", string] | readonly ["between", string, string]
  newestFirst?: boolean
  limit: number
}

/** The few things that the store does with its table; each is one request, or pages of one query. */
export interface Access {
  clock: Clock
  /** Consistent. */
  get(key: Key): Promise<Item | null>
  /** Consistent; in the order of `keys`, null where there is no item. */
  getMany(keys: Item[]): Promise<(Item | null)[]>
  /** The table consistently, an index as it is; at most `limit` items. */
  query(query: Query): Promise<Item[]>
  count(query: Query): Promise<number>
  /** False when the condition did not hold. */
  put(item: Item, condition: Condition): Promise<boolean>
  /** The item as it is afterwards, null when the condition did not hold. */
  update(key: Key, change: Change, condition?: Condition): Promise<Item | null>
  /** False when the condition did not hold. */
  remove(key: Key, condition?: Condition): Promise<boolean>
}

export const openAccess = (client: DynamoDBDocumentClient, tableName: string, clock: Clock): Access => {
  const TableName = tableName

  const readBatch = async (keys: Key[]): Promise<Item[]> => {
    const found: Item[] = []
    let left = keys
    for (let tries = 1; left.length > 0; tries++) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [TableName]: { Keys: left, ConsistentRead: true } } }),
      )
      found.push(...(Responses?.[TableName] ?? []))
      const unprocessed = (UnprocessedKeys?.[TableName]?.Keys ?? []) as Key[]
      // Large items leave keys over although nothing is wrong (16 MB an answer): only standing still counts.
      if (unprocessed.length < left.length) tries = 0
      else if (tries === BATCH_GET_TRIES) throw new Error(`DynamoDB left ${left.length} keys unread ${tries} times`)
      else await clock.sleep(BATCH_GET_WAIT_MS * 2 ** (tries - 1))
      left = unprocessed
    }
    return found
  }

  async function* pages({ index, pk, range, newestFirst, limit }: Query, countOnly: boolean) {
    const names = index === undefined ? { pk: "pk", sk: "sk" } : indexes[index]
    if (Buffer.byteLength(pk) > PK_BYTES_MAX || !isPossibleRange(range)) return
    const wanted = range === undefined ? null : rangeExpression(names.sk, range)
    let start: Item | undefined
    // Without a filter expression every page but the last holds something: `limit` bounds this loop.
    for (let seen = 0; seen < limit;) {
      const answer = await client.send(
        new QueryCommand({
          TableName,
          IndexName: index,
          KeyConditionExpression: `${names.pk} = :pk${wanted === null ? "" : ` AND ${wanted.expression}`}`,
          ExpressionAttributeValues: { ":pk": pk, ...wanted?.values },
          ScanIndexForward: newestFirst !== true,
          ConsistentRead: index === undefined,
          Limit: limit - seen,
          Select: countOnly ? "COUNT" : undefined,
          ExclusiveStartKey: start,
        }),
      )
      seen += answer.Count ?? 0
      yield answer
      start = answer.LastEvaluatedKey
      if (start === undefined) return
    }
  }

  return {
    clock,

    async get(key) {
      if (!isPossible(key)) return null
      const { Item } = await client.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }))
      return Item ?? null
    },

    async getMany(entries) {
      // Entries of an index carry its keys as well.
      const keys = entries.map(({ pk, sk }) => ({ pk, sk }) as Key)
      const found = new Map<string, Item>()
      for (let from = 0; from < keys.length; from += BATCH_GET_MAX)
        for (const item of await readBatch(keys.slice(from, from + BATCH_GET_MAX))) found.set(nameOf(item), item)
      return keys.map((key) => found.get(nameOf(key)) ?? null)
    },

    async query(query) {
      const items: Item[] = []
      for await (const page of pages(query, false)) items.push(...(page.Items ?? []))
      return items
    },

    async count(query) {
      let count = 0
      for await (const page of pages(query, true)) count += page.Count ?? 0
      return count
    },

    async put(item, { expression, values }) {
      const command = new PutCommand({
        TableName,
        Item: item,
        ConditionExpression: expression,
        ExpressionAttributeValues: values,
      })
      return (await ifHolds(client.send(command))) !== null
    },

    async update(key, change, { expression, values } = {}) {
      const command = new UpdateCommand({
        TableName,
        Key: key,
        ...updateExpression(change, values),
        ConditionExpression: expression,
        ReturnValues: "ALL_NEW",
      })
      const answer = await ifHolds(client.send(command))
      return answer === null ? null : (answer.Attributes ?? {})
    },

    async remove(key, { expression, values } = {}) {
      if (!isPossible(key)) return false
      const command = new DeleteCommand({
        TableName,
        Key: key,
        ConditionExpression: expression,
        ExpressionAttributeValues: values,
      })
      return (await ifHolds(client.send(command))) !== null
    },
  }
}

/** By its name: the SDK may be bundled twice, and then instanceof lies. */
const ifHolds = async <T>(write: Promise<T>): Promise<T | null> => {
  try {
    return await write
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return null
    throw error
  }
}

/** What can be no key is not there; DynamoDB would call it an error, and a path of an API request may carry anything. */
const isPossible = ({ pk, sk }: Key): boolean =>
  sk !== "" && Buffer.byteLength(pk) <= PK_BYTES_MAX && Buffer.byteLength(sk) <= SK_BYTES_MAX

type Range = NonNullable<Query["range"]>

/** DynamoDB refuses a range whose ends are the wrong way round; nothing is in it. */
const isPossibleRange = (range: Range | undefined): boolean => {
  if (range === undefined) return true
  const [operator, from, to = from] = range
  return (
    Math.max(Buffer.byteLength(from), Buffer.byteLength(to)) <= SK_BYTES_MAX && (operator !== "between" || from <= to)
  )
}

const rangeExpression = (name: string, [operator, from, to]: Range): { expression: string; values: Item } =>
  operator === "between"
    ? { expression: `${name} BETWEEN :sk AND :to`, values: { ":sk": from, ":to": to } }
    : { expression: `${name} ${operator} :sk`, values: { ":sk": from } }

const nameOf = ({ pk, sk }: Item): string => JSON.stringify([pk, sk])
