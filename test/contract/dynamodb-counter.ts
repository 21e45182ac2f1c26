import type { DynamoDBClient } from "@aws-sdk/client-dynamodb"

export interface Units {
  writeRequests: number
  writeUnits: number
  readRequests: number
  readUnits: number
}

/** Asks for the consumed capacity with every request, and adds it up while something is counted. */
export const counterOf = (client: DynamoDBClient) => {
  let units: Units = none()
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = { ...args.input, ReturnConsumedCapacity: "INDEXES" }
      const isWrite = /^(Put|Update|Delete)Item/.test(context.commandName ?? "")
      // A refused write throws, and does not say what it cost; it is a request all the same.
      if (isWrite) units.writeRequests += 1
      else units.readRequests += 1
      const answer = await next({ ...args, input })
      const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: { CapacityUnits?: number } }
      const spent = ConsumedCapacity?.CapacityUnits ?? 0
      if (isWrite) units.writeUnits += spent
      else units.readUnits += spent
      return answer
    },
    { step: "initialize", name: "countUnits" },
  )
  return async (work: () => Promise<unknown>): Promise<Units> => {
    units = none()
    await work()
    // A copy: preparing the next step is added to what is not.
    return { ...units }
  }
}

const none = (): Units => ({ writeRequests: 0, writeUnits: 0, readRequests: 0, readUnits: 0 })
