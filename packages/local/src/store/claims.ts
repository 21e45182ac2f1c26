import type { DatabaseSync } from "node:sqlite"

import type { Writer } from "./writer.ts"

/**
 * Ends the claims that an earlier process left behind, as `clearLeases` does with leases: else what it was sending when it was killed
 * would wait for them to run out. A claim's message is still in the queue: so they are found without reading every delivery.
 */
export const endClaims = (db: DatabaseSync, writer: Writer): Promise<number> => {
  const end = db.prepare(
    `UPDATE deliveries SET body = json_set(body, '$.claim.until', 0)
     WHERE status = 'pending' AND json_type(body, '$.claim') = 'object' AND (event_id, endpoint_id) IN (
       SELECT json_extract(body, '$.eventId'), json_extract(body, '$.endpointId') FROM queue WHERE kind = 'deliver')`,
  )
  return writer.write(() => Number(end.run().changes))
}
