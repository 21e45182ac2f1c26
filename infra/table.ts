import { indexes, TTL } from "@posthorn/aws/store/keys"
import { isProduction } from "./stage"

const primary = { pk: "pk", sk: "sk" }
const keys = [primary, ...Object.values(indexes)]

/** The one table; packages/aws/src/store/keys.ts says what is in it. Paid per request, with point-in-time recovery (SST's defaults). */
export const table = new sst.aws.Dynamo("Table", {
  fields: Object.fromEntries(keys.flatMap(({ pk, sk }) => [pk, sk]).map((name) => [name, "string" as const])),
  primaryIndex: { hashKey: primary.pk, rangeKey: primary.sk },
  globalIndexes: Object.fromEntries(
    Object.entries(indexes).map(([name, { pk, sk }]) => [
      name,
      { hashKey: pk, rangeKey: sk, projection: "keys-only" as const },
    ]),
  ),
  ttl: TTL,
  deletionProtection: isProduction,
})
