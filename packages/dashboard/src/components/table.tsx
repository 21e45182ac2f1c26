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
}: {
  /** Said to those who do not see where the table stands. */
  caption: string
  columns: Column<Row>[]
  rows: Row[]
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
        <tr key={row.id}>
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
