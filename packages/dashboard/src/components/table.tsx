import type { ReactNode } from "react"

export interface Column<Row> {
  head: string
  cell: (row: Row) => ReactNode
  /** Figures stand at the right. */
  isNumber?: boolean
}

/** Rows under heads; on a narrow screen each row is a block, with the heads in front of its values. */
export const Table = <Row extends { id: string }>({
  caption,
  columns,
  rows,
  isNew,
}: {
  /** Said to those who do not see where the table stands. */
  caption: string
  columns: Column<Row>[]
  rows: Row[]
  /** What has just arrived is shown so for a moment. */
  isNew?: (row: Row) => boolean
}) => (
  <table>
    <caption className="hidden">{caption}</caption>
    <thead>
      <tr>
        {columns.map(({ head, isNumber }) => (
          <th key={head} scope="col" className={isNumber === true ? "number" : undefined}>
            {head}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <tr key={row.id} className={isNew?.(row) === true ? "arrived" : undefined}>
          {columns.map(({ head, cell, isNumber }) => (
            <td key={head} data-head={head} className={isNumber === true ? "number" : undefined}>
              {cell(row)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
)
