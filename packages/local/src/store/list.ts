import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"

import type { Page, PageRequest } from "@posthorn/core/ports"
import type { Instant } from "@posthorn/core/time"

import { cursorOf, type Place, placeOf } from "./cursor.ts"

/** SQL, and a value for each `?` in it. */
export type Condition = [sql: string, ...values: SQLInputValue[]]

export interface Query {
  /** What an index finds. */
  within: Condition[]
  /** What is looked for among the rows that it finds; a `+` before a column keeps SQLite from trying its index. */
  wanted: Condition[]
  since: Instant | undefined
  until: Instant | undefined
}

/** Most rows that one page looks at: a rare thing is found over several short pages, so that no page stops the process. */
const SCANNED_MAX = 2_000

/** Lists a table newest first, by time and then by the order of insertion, for people. */
export const createList = <Found>(
  db: DatabaseSync,
  { table, columns, time }: { table: string; columns: string; time: string },
) => {
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  const run = (select: string, conditions: Condition[], [rest, ...numbers]: Condition): unknown[] => {
    const where = conditions.length === 0 ? "" : ` WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`
    const order = ` ORDER BY ${time} DESC, id DESC`
    return prepare(`SELECT ${select} FROM ${table}${where}${order} ${rest}`).all(
      ...conditions.flatMap(([, ...values]) => values),
      ...numbers,
    )
  }
  const compared = (operator: string, { at, id }: Place): Condition => [`(${time}, id) ${operator} (?, ?)`, at, id]

  return ({ within, wanted, since, until }: Query, { limit, cursor }: PageRequest): Page<Found> => {
    const scanned: Condition[] = [...within]
    if (since !== undefined) scanned.push([`${time} >= ?`, since])
    if (until !== undefined) scanned.push([`${time} < ?`, until])
    if (cursor !== null) scanned.push(compared("<", placeOf(cursor)))

    const [end] = wanted.length === 0 ? [] : run(`${time} AS at, id`, scanned, ["LIMIT 1 OFFSET ?", SCANNED_MAX - 1])
    const last = end as Place | undefined
    if (last !== undefined) scanned.push(compared(">=", last))

    const select = `${time} AS list_at, id AS list_id, ${columns}`
    const found = run(select, [...scanned, ...wanted], ["LIMIT ?", limit + 1]) as (Found & Listed)[]
    const rows = found.slice(0, limit)
    const lastRow = found.length > limit ? rows.at(-1) : undefined
    if (lastRow !== undefined) return { rows, cursor: cursorOf({ at: lastRow.list_at, id: lastRow.list_id }) }
    return { rows, cursor: last === undefined ? null : cursorOf(last) }
  }
}

interface Listed {
  list_at: number
  list_id: number
}
