import type { Page } from "@posthorn/core/ports"

/**
 * Bytes of one page's rows, as they travel. A Lambda's answer has at most 6 MB and carries the body as a JSON string inside JSON,
 * in which every quote costs another byte; the rest is left for what stands around the rows.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const PAGE_BYTES_MAX = 4_000_000

/** How many of the rows, from the first on, fit on a page: at least one, where there is one. */
export const fitting = (rows: readonly unknown[], bytesMax = PAGE_BYTES_MAX): number => {
  let bytes = 0
  const over = rows.findIndex((row) => (bytes += bytesOf(row)) > bytesMax)
  return over === -1 ? rows.length : Math.max(1, over)
}

/**
 * A page of events that fits. A cursor belongs to a page's last row, so that a shorter page is asked for again from the store. What
 * came in between may be large too: then a shorter one still.
 */
export const pageThatFits = async <Row extends { event: unknown }>(
  limit: number,
  read: (limit: number) => Promise<Page<Row>>,
): Promise<Page<Row>> => {
  const page = await read(limit)
  const fit = fitting(page.rows.map(({ event }) => event))
  return fit === page.rows.length ? page : pageThatFits(fit, read)
}

const bytesOf = (row: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(row)))
