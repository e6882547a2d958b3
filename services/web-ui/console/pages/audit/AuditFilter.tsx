import type { Search } from "./search.ts"
import { tables, thingOf } from "./words.ts"

type Parts = { readonly [K in Exclude<keyof Search, "open">]?: string | undefined }

/** Which changes are listed, as the address says. */
export const AuditFilter = ({ address, change }: {
  readonly address: Search
  readonly change: (parts: Parts, how?: { readonly replace?: boolean }) => void
}) => {
  const { by, correlation, from, op, record, table, to } = address
  const narrowed = [by, correlation, from, op, record, table, to].some((part) => part !== undefined && part !== "")
  const text = (name: "by" | "record", label: string) => (
    <label className="row">
      {label}
      <input
        type="search"
        maxLength={255}
        value={address[name] ?? ""}
        onChange={(event) => change({ [name]: event.target.value || undefined }, { replace: true })}
      />
    </label>
  )
  const day = (name: "from" | "to", label: string) => (
    <label className="row">
      {label}
      <input
        type="date"
        value={address[name] ?? ""}
        onChange={(event) => change({ [name]: event.target.value || undefined }, { replace: true })}
      />
    </label>
  )
  return (
    <search className="row audit-filter">
      {text("by", "By")}
      <label className="row">
        did
        <select value={op?.toLowerCase() ?? ""} onChange={(event) => change({ op: event.target.value || undefined })}>
          <option value="">anything</option>
          <option value="create">make</option>
          <option value="update">change</option>
          <option value="delete">remove</option>
        </select>
      </label>
      <label className="row">
        to
        <select value={table ?? ""} onChange={(event) => change({ table: event.target.value || undefined })}>
          <option value="">anything</option>
          {tables.map((one) => <option key={one} value={one}>{thingOf(one)}</option>)}
          {table !== undefined && !tables.includes(table) && <option value={table}>{table}</option>}
        </select>
      </label>
      {text("record", "named")}
      {day("from", "from day (UTC)")}
      {day("to", "to day (UTC)")}
      {correlation !== undefined && (
        <button type="button" onClick={() => change({ correlation: undefined })}>
          in one request ✕<span className="visually-hidden">: show all requests</span>
        </button>
      )}
      {narrowed && <button type="button" className="quiet" onClick={() => change(nothing)}>Show all</button>}
    </search>
  )
}

const nothing: Parts = {
  by: undefined,
  correlation: undefined,
  from: undefined,
  op: undefined,
  record: undefined,
  table: undefined,
  to: undefined
}
