import { useEffect, useRef, useState } from "react"
import { now } from "../api/clock.ts"
import { troubleOf } from "../api/problems.ts"
import { saveFile } from "../api/saveFile.ts"
import { csvLines, type ExportRow, ndjsonLines } from "./csv.ts"
import { DropDown } from "./DropDown.tsx"

/** Reads page after page. */
export type ReadAll = (signal: AbortSignal) => AsyncIterable<ReadonlyArray<ExportRow>>

interface Running {
  readonly rows: number
  readonly said: string | undefined
}

/** A file that is written further holds the page's memory. */
const mostRows = 100_000

/** Exports all that the filter finds, not only what is loaded. */
export const Export = ({ columns, name, read }: {
  /** Of the file, without its ending. */
  readonly name: string
  readonly columns: ReadonlyArray<string>
  readonly read: ReadAll
}) => {
  const [running, setRunning] = useState<Running>()
  const stop = useRef<AbortController>(null)
  useEffect(() => () => stop.current?.abort(), [])
  const busy = running !== undefined && running.said === undefined
  const run = async (as: "csv" | "ndjson") => {
    if (busy) return
    const control = new AbortController()
    stop.current = control
    const parts = as === "csv" ? [`${columns.join(",")}\r\n`] : []
    let rows = 0
    try {
      setRunning({ rows, said: undefined })
      for await (const page of read(control.signal)) {
        const some = page.slice(0, mostRows - rows)
        rows += some.length
        parts.push(as === "csv" ? csvLines(columns, some) : ndjsonLines(some))
        setRunning({ rows, said: undefined })
        if (rows >= mostRows) break
      }
      const file = `${name}-${new Date(now()).toISOString().slice(0, 19).replaceAll(":", "")}.${as}`
      saveFile(file, as === "csv" ? "text/csv" : "application/x-ndjson", parts)
      const cut = rows >= mostRows ? " The file ends there; narrow the filter for the rest." : ""
      setRunning({ rows, said: `${rows.toLocaleString("en")} rows are in ${file}.${cut}` })
    } catch (error) {
      setRunning(
        control.signal.aborted ? undefined : { rows, said: `Nothing was exported. ${troubleOf(error).detail}` }
      )
    }
  }
  return (
    <DropDown title="Export">
      <p className="quiet-text">All that the filter finds</p>
      <button type="button" aria-disabled={busy} onClick={() => void run("csv")}>CSV</button>
      <button type="button" aria-disabled={busy} onClick={() => void run("ndjson")}>NDJSON</button>
      {busy && <button type="button" onClick={() => stop.current?.abort()}>Stop</button>}
      <p role="status">{busy ? `${running.rows.toLocaleString("en")} rows…` : running?.said}</p>
    </DropDown>
  )
}

/** Rows that are all there already, as `Export` reads them. */
export const inOneGo = (rows: ReadonlyArray<ExportRow>): ReadAll =>
  async function*() {
    yield rows
  }
