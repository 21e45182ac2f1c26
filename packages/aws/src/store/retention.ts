import { DAY_MS } from "@posthorn/core/time"

/** A delivery made on an event's last day may be retried for three days and held for a while; what it refers to must still be there. */
export const KEPT_BEHIND_RETENTION_MS = 8 * DAY_MS
