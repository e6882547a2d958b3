import { type ReactNode, useState } from "react"
import "./Bars.css"

interface Bar {
  readonly key: string
  /** What the bar is about, for the table and the tooltip. */
  readonly label: string
  readonly value: number
}

/** Bars over time, with a sentence that says the same and a table behind it. */
export const Bars = ({ bars, caption, onChoose, onRange, summary, unit }: {
  readonly bars: ReadonlyArray<Bar>
  readonly caption: string
  /** The same in words. */
  readonly summary: ReactNode
  readonly unit: string
  readonly onChoose?: (key: string) => void
  /** The bars from one to another, by dragging over them, or one alone by a click. */
  readonly onRange?: (first: string, last: string) => void
}) => {
  const [dragged, setDragged] = useState<readonly [from: number, to: number]>()
  const isWithin = (at: number) => dragged !== undefined && at >= Math.min(...dragged) && at <= Math.max(...dragged)
  const finish = () => {
    const [first, last] = (dragged ?? []).toSorted((a, b) => a - b).map((at) => bars[at]?.key)
    setDragged(undefined)
    if (first !== undefined && last !== undefined) onRange?.(first, last)
  }
  const most = Math.max(1, ...bars.map(({ value }) => value))
  const width = 1_000 / Math.max(1, bars.length)
  return (
    <figure className="bars">
      <svg
        viewBox="0 0 1000 100"
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerUp={onRange && finish}
        onPointerLeave={onRange && (() => setDragged(undefined))}
      >
        {bars.map(({ key, label, value }, at) => (
          <g
            key={key}
            onClick={onChoose && (() => onChoose(key))}
            onPointerDown={onRange && (() => setDragged([at, at]))}
            onPointerEnter={dragged && (() => setDragged([dragged[0], at]))}
            className={(onChoose ?? onRange) && (isWithin(at) ? "choosable within" : "choosable")}
          >
            <rect className="catch" x={at * width} y={0} width={width} height={100} />
            <rect
              x={at * width + width * 0.1}
              y={100 - (value / most) * 100}
              width={width * 0.8}
              height={(value / most) * 100}
            />
            <title>{`${label}: ${value} ${unit}`}</title>
          </g>
        ))}
      </svg>
      <figcaption className="quiet-text">{summary}</figcaption>
      <table className="visually-hidden">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">{unit}</th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ key, label, value }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
