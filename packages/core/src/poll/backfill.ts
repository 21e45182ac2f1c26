import * as z from "zod"

import { DAY_MS } from "../time.ts"

/** How long ago a backfill may begin. */
export const BACKFILL_SINCE_MAX_MS = 90 * DAY_MS
/** Endpoints that one backfill may be for. */
export const BACKFILL_ENDPOINTS_MAX = 100

/** What was asked for, as a job keeps and shows it. */
export const BackfillInput = z.object({ since: z.iso.datetime(), endpointIds: z.array(z.string()).nullable() })
export type BackfillInput = z.infer<typeof BackfillInput>
