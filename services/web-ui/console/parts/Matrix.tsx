import type { ReactNode } from "react"
import "./Matrix.css"

export interface MatrixColumn<Row> {
  readonly key: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: "end"
}

/**
 * A short table in which each row is a thing and each column says something of it: processes and what they run. On a
 * narrow screen each row is a card. Long lists are a `Grid`.
 */
export function Matrix<Row>({ caption, columns, empty, keyOf, nameOf, of, rows, toneOf }: {
  /** What the table tells, for those who hear it. */
  readonly caption: string
  /** What a row is: the title of the first column. */
  readonly of: string
  readonly nameOf: (row: Row) => ReactNode
  readonly keyOf: (row: Row) => string
  readonly columns: ReadonlyArray<MatrixColumn<Row>>
  readonly rows: ReadonlyArray<Row>
  readonly empty: ReactNode
  /** How a row stands out. */
  readonly toneOf?: (row: Row) => "waiting" | "wrong" | undefined
}) {
  if (rows.length === 0) return <p className="quiet-text">{empty}</p>
  return (
    <div className="matrix-frame">
      <table className="matrix">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            {columns.map(({ align, key, title }) => (
              <th key={key} scope="col" className={align === "end" ? "number" : undefined}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={toneOf?.(row)}>
              <th scope="row">{nameOf(row)}</th>
              {columns.map(({ align, cell, key, title }) => (
                <td key={key} data-title={title} className={align === "end" ? "number" : undefined}>{cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
