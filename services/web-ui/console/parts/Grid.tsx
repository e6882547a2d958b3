import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual"
import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react"
import { useNarrow } from "./useNarrow.ts"
import { rowHeight, useRowHeight } from "./useRowHeight.ts"
import "./Grid.css"

export interface Column<Row> {
  readonly key: string
  readonly title: string
  /** A track of CSS grid: `90px`, `minmax(200px, 1fr)`. */
  readonly width: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: "end"
  /** Leads the card that a row is on a narrow screen. */
  readonly first?: boolean
}

interface GridProps<Row> {
  readonly label: string
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rows: ReadonlyArray<Row>
  readonly keyOf: (row: Row) => string
  /** Rows that there are, where more are known than loaded; `-1` where nobody knows. */
  readonly total?: number
  /** The row whose details are open. */
  readonly open?: string | undefined
  readonly onOpen?: (row: Row) => void
  readonly marked?: ReadonlySet<string>
  readonly onMark?: (marked: ReadonlySet<string>) => void
  /** What letters do with the active row. */
  readonly keys?: Readonly<Record<string, (row: Row) => void>>
  /** The last rows are near. */
  readonly onEnd?: () => void
  /** Keeps the last row in sight as rows come. */
  readonly follow?: boolean
  /** A row is looked at, or the end was scrolled away from: what follows should stand still. */
  readonly onHold?: () => void
  /** What is said when there are no rows. */
  readonly empty: ReactNode
  /** How a row stands out. */
  readonly toneOf?: (row: Row) => string | undefined
}

const ahead = 8

/** Rows of one height need no key to be measured by: with this one they are not reckoned anew while their count stays. */
const byIndex = (index: number): number => index

/** Longer than the pause of a tail, so that a list that follows is not drawn once more after each batch. */
const scrolledMs = 500

/** Moves of the active row by key: from this index, of so many, with so many on a screen. */
const moves: Readonly<Record<string, (at: number, count: number, screen: number) => number>> = {
  ArrowDown: (at) => at + 1,
  j: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  k: (at) => at - 1,
  PageDown: (at, _, screen) => at + screen,
  PageUp: (at, _, screen) => at - screen,
  Home: () => 0,
  End: (_, count) => count - 1
}

/**
 * A long list as a grid: only the rows in sight are in the page. The active row belongs to the row's key, so it stays
 * when others come and go. On a narrow screen rows are cards.
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { columns, empty, follow = false, keyOf, keys, label, marked, onEnd, onHold, onMark, onOpen, open } = props
  const { rows, toneOf, total } = props
  const scroll = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const id = useId()
  const narrow = useNarrow()
  const [active, setActive] = useState<string | undefined>(open)
  const found = active === undefined ? -1 : rows.findIndex((row) => keyOf(row) === active)
  const last = useRef(0)
  // A row that went away leaves its place to the one that took it.
  const at = found >= 0 ? found : Math.min(last.current, rows.length - 1)
  last.current = Math.max(0, at)

  const height = useRowHeight()
  const size = narrow ? 96 : height
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => size,
    getItemKey: narrow ? (index) => keyOf(rows[index]!) : byIndex,
    overscan: 6,
    isScrollingResetDelay: scrolledMs,
    // The active row is always there: else the grid would name a row that is not in the page.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      return at < 0 || shown.includes(at) ? shown : [...shown, at].sort((a, b) => a - b)
    }
  })
  // What was measured as cards, or as denser rows, says nothing of rows as they are now.
  useEffect(() => {
    virtual.measure()
    // It compares sizes with those of its last reckoning, which must be made of estimates first.
    virtual.getTotalSize()
    for (const row of narrow ? scroll.current?.querySelectorAll(".grid-row") ?? [] : []) virtual.measureElement(row)
  }, [narrow, height])
  // A list that follows is drawn where its end will be, so that it is not drawn again when it was scrolled there.
  if (follow && !narrow && scroll.current !== null && body.current !== null) {
    const length = body.current.offsetTop + virtual.getTotalSize()
    virtual.scrollOffset = Math.max(0, length - scroll.current.clientHeight)
  }
  const shown = virtual.getVirtualItems()
  const end = shown.at(-1)?.index ?? 0
  useEffect(() => {
    // A list that is hidden, as behind details on a phone, has no end that somebody looks at.
    if (scroll.current?.clientHeight !== 0 && rows.length > 0 && end >= rows.length - ahead) onEnd?.()
  }, [end, rows.length])

  // Seen before the page is drawn, so that the end never jumps.
  useLayoutEffect(() => {
    if (follow && scroll.current !== null) scroll.current.scrollTop = scroll.current.scrollHeight
  }, [follow, rows, virtual.getTotalSize()])
  useEffect(() => {
    const index = open === undefined ? -1 : rows.findIndex((row) => keyOf(row) === open)
    if (index < 0) return
    setActive(open)
    virtual.scrollToIndex(index)
  }, [open])

  const go = (index: number, extend: boolean) => {
    const next = Math.max(0, Math.min(rows.length - 1, index))
    const row = rows[next]
    if (row === undefined) return
    if (extend && onMark !== undefined) {
      const between = rows.slice(Math.min(at, next), Math.max(at, next) + 1).map(keyOf)
      onMark(new Set([...marked ?? [], ...between]))
    }
    onHold?.()
    setActive(keyOf(row))
    virtual.scrollToIndex(next)
  }
  const mark = (row: Row) => {
    const next = new Set(marked)
    if (!next.delete(keyOf(row))) next.add(keyOf(row))
    onMark?.(next)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return
    const move = moves[event.key]
    const row = rows[at]
    if (move !== undefined) {
      const screen = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / rowHeight()) - 1)
      go(active === undefined && found < 0 && event.key !== "End" ? 0 : move(at, rows.length, screen), event.shiftKey)
    } else if (event.key === "Enter" && row !== undefined && onOpen !== undefined) onOpen(row)
    else if (event.key === "x" && row !== undefined && onMark !== undefined) mark(row)
    else if (keys !== undefined && row !== undefined && Object.hasOwn(keys, event.key)) keys[event.key]?.(row)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const template = columns.map(({ width }) => width).join(" ")
  return (
    <div
      ref={scroll}
      className={narrow ? "grid cards" : "grid"}
      role="grid"
      aria-label={label}
      aria-rowcount={total ?? rows.length + 1}
      aria-multiselectable={onMark !== undefined}
      aria-activedescendant={found >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      data-grid
      onKeyDown={onKeyDown}
      onWheel={({ deltaY }) => {
        if (deltaY < 0) onHold?.()
      }}
      onScroll={({ currentTarget: { clientHeight, scrollHeight, scrollTop } }) => {
        // Dragging the bar, or a finger: the end is more than two rows away.
        if (follow && rows.length > 0 && scrollHeight - clientHeight - scrollTop > 2 * rowHeight()) onHold?.()
      }}
      onFocus={(event) => {
        const row = follow ? rows.at(-1) : rows[0]
        if (event.target === event.currentTarget && found < 0 && row !== undefined) setActive(keyOf(row))
      }}
    >
      <div role="rowgroup" className={narrow ? "visually-hidden" : "grid-head"}>
        <div role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          {columns.map(({ align, key, title }) => (
            <div key={key} role="columnheader" className={align === "end" ? "number" : undefined}>{title}</div>
          ))}
        </div>
      </div>
      {rows.length === 0 && (
        <div role="rowgroup">
          <div role="row" aria-rowindex={2}>
            <div role="gridcell" className="grid-empty">{empty}</div>
          </div>
        </div>
      )}
      <div ref={body} role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          const name = keyOf(row)
          const classes = [
            "grid-row",
            toneOf?.(row),
            name === active && "active",
            name === open && "open",
            marked?.has(name) && "marked"
          ]
          return (
            <div
              key={name}
              ref={narrow ? virtual.measureElement : undefined}
              data-index={index}
              id={`${id}-${name}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={marked?.has(name) ?? name === open}
              className={classes.filter((one) => typeof one === "string").join(" ")}
              style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
              onClick={(event) => {
                onHold?.()
                setActive(name)
                if (event.shiftKey && onMark !== undefined) go(index, true)
                else if (!(event.target instanceof Element) || event.target.closest("a, button, input") === null) {
                  onOpen?.(row)
                }
              }}
            >
              {columns.map(({ align, cell, first, key: column, title }) => (
                <div
                  key={column}
                  role="gridcell"
                  className={align === "end" ? "number" : first === true ? "first" : undefined}
                  data-title={title}
                >
                  {cell(row)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}
