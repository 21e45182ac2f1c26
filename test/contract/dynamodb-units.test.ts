import { beforeAll, describe, expect, it } from "vitest"

import { whyNoDynamodbLocal } from "./dynamodb-engine.ts"
import { countUnits } from "./dynamodb-units.ts"

const reason = whyNoDynamodbLocal()

describe.skipIf(reason !== null)(`DynamoDB's price${reason === null ? "" : `, skipped: ${reason}`}`, () => {
  let units: Awaited<ReturnType<typeof countUnits>>
  beforeAll(async () => {
    units = await countUnits()
  })

  it("is 3 write units in 2 requests for a delivery that succeeds at the first try", () => {
    expect(units.firstTryDelivery).toEqual({ writeRequests: 2, writeUnits: 3, readRequests: 0, readUnits: 0 })
  })

  it("is at most 9 write units for an event of 2 KB in a conversation with 200 known ids", () => {
    expect(units.eventOf2KBWith200KnownIds.writeRequests).toBe(3)
    expect(units.eventOf2KBWith200KnownIds.writeUnits).toBeLessThanOrEqual(9)
    expect(units.eventOf2KBWith200KnownIds.readRequests).toBe(0)
  })

  it("is 2 write units for a poll that finds nothing, with a whole front page and wishes on the account's row", () => {
    expect(units.idlePoll).toMatchObject({ writeRequests: 2, writeUnits: 2, readRequests: 1 })
  })

  it("is 1 write unit for a turn under a rate limit, and another where none was taken for a while", () => {
    expect(units.turnBehindOthers).toEqual({ writeRequests: 1, writeUnits: 1, readRequests: 0, readUnits: 0 })
    expect(units.firstTurnForLong).toMatchObject({ writeRequests: 2, readRequests: 0 })
  })

  it("is 1 write unit to count what a minute saw, however much it was", () => {
    expect(units.minuteCounted).toEqual({ writeRequests: 1, writeUnits: 1, readRequests: 0, readUnits: 0 })
  })

  it("is 2 write units for a retry that is recorded, and 3 to move its due entry", () => {
    expect(units.retryRecorded).toMatchObject({ writeRequests: 1, writeUnits: 2 })
    expect(units.dueEntryMoved).toMatchObject({ writeRequests: 1, writeUnits: 3 })
  })
})
