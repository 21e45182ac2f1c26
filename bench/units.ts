import { messageOf } from "@posthorn/core/error"

import type { Units } from "../test/contract/dynamodb-counter.ts"

/** (d) What DynamoDB bills, indexes included; or why it was not counted. */
export type UnitsReport = { counted: Record<string, Units> } | { skipped: string }

export const measureUnits = async (): Promise<UnitsReport> => {
  try {
    // Loaded here: the other figures need neither the AWS SDK nor Java.
    const { whyNoDynamodbLocal } = await import("../test/contract/dynamodb-engine.ts")
    const reason = whyNoDynamodbLocal()
    if (reason !== null) return { skipped: reason }
    const { countUnits } = await import("../test/contract/dynamodb-units.ts")
    return { counted: await countUnits() }
  } catch (error) {
    return { skipped: messageOf(error) }
  }
}
