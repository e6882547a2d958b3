import { Link } from "@tanstack/react-router"
import type { ChainEntry } from "../../../../../src/domain/ChainEntry.ts"
import { useAsk } from "../../api/query.ts"
import { Matrix } from "../../parts/Matrix.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Value } from "../../parts/Value.tsx"
import { Detail } from "../../shell/Page.tsx"
import { changeWords, placeOf } from "./words.ts"

/** One link of the chain: the change, who made it and why, and what ties it to the others. */
export const LinkDetail = ({ close, seq }: { readonly seq: number; readonly close: () => void }) => {
  const read = useAsk(["audit", "link", seq], (api) => api.auditLogs.chain({ query: { from: seq, limit: 1 } }))
  return (
    <Detail title={`Link ${seq}`} close={close}>
      <Stale read={read} lines={8}>
        {({ entries: [entry] }) =>
          entry?.seq === seq ? <Entry entry={entry} /> : <p>There is no link {seq} in the record.</p>}
      </Stale>
    </Detail>
  )
}

const Entry = ({ entry }: { readonly entry: ChainEntry }) => {
  const { actor, at, correlationId, entryHash, key, operation, previousHash, reason, table, writer } = entry
  const place = placeOf(table, key)
  return (
    <div className="stack">
      <p>
        <strong>{actor}</strong> {changeWords({ operation, table_name: table, record_id: key })}, <Time at={at} ago />.
      </p>
      <p className={reason === null ? "quiet-text" : undefined}>{reason ?? "No reason was given."}</p>
      <Matrix
        caption="Before and after"
        of="Field"
        nameOf={({ field }) => field}
        keyOf={({ field }) => field}
        rows={fieldsOf(entry)}
        empty="It has no values."
        toneOf={({ differs }) => differs ? "waiting" : undefined}
        columns={[
          { key: "before", title: "Before", cell: ({ before }) => <Value of={before} /> },
          { key: "after", title: "After", cell: ({ after }) => <Value of={after} /> }
        ]}
      />
      <div className="row">
        {place !== undefined && <Link {...place}>As it is now</Link>}
        <Link to="/audit" search={{ table, record: key }}>All changes of it</Link>
        {correlationId !== null && <Link to="/audit" search={{ correlation: correlationId }}>All of its request</Link>}
      </div>
      <dl className="facts">
        <dt>When</dt>
        <dd>
          <Time at={at} />
        </dd>
        <dt>Written by</dt>
        <dd>{writer ?? "not known"}</dd>
        <dt>Request</dt>
        <dd>
          <code>{correlationId ?? "–"}</code>
        </dd>
        <dt>Link before</dt>
        <dd>
          <code className="hash">{previousHash}</code>
        </dd>
        <dt>Its hash</dt>
        <dd>
          <code className="hash">{entryHash}</code>
        </dd>
      </dl>
    </div>
  )
}

const fieldsOf = ({ after, before }: Pick<ChainEntry, "before" | "after">) => {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const rows = names.map((field) => {
    const [was, is] = [before?.[field], after?.[field]]
    return { field, before: was, after: is, differs: JSON.stringify(was) !== JSON.stringify(is) }
  })
  return rows.sort((a, b) => Number(b.differs) - Number(a.differs))
}
