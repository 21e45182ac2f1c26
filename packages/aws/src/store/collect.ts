import type { Page } from "@posthorn/core/ports"

/** What one page may cost, in rows read, before it is handed out short: a person waits for it. */
const COST_PER_PAGE = 1_000
/** A request that brings no row, as an empty day's, takes its time all the same: fifty end a page. */
export const COST_OF_NOTHING = 20

/** One row of a walk, or null for a step that found none, with what it cost and how to go on behind it. */
export interface Step<Row> {
  row: Row | null
  cost: number
  cursor: () => string
}

/** Walks on until the page is full, the walk is over, or the page has cost enough. */
export const collect = async <Row>(
  walk: AsyncIterable<Step<Row>>,
  limit: number,
  wanted: (row: Row) => boolean,
): Promise<Page<Row>> => {
  const rows: Row[] = []
  let spent = 0
  for await (const { row, cost, cursor } of walk) {
    spent += cost
    if (row !== null && wanted(row)) rows.push(row)
    if (rows.length >= limit || spent >= COST_PER_PAGE) return { rows, cursor: cursor() }
  }
  return { rows, cursor: null }
}
