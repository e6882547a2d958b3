import { Link } from "@tanstack/react-router"
import { useEffect } from "react"
import { useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import "./LastChanges.css"

const key = ["changes", "last"]
const shown = 8

const verbs: Readonly<Record<string, string>> = { CREATE: "made", UPDATE: "changed", DELETE: "removed" }

/** What people changed last, each a link to its record. */
export const LastChanges = () => {
  const told = useTold("audit")
  const read = useAsk(key, (api) => api.auditLogs.changes({ query: { limit: shown } }), { every: 60_000 })
  useEffect(() => {
    if (told !== undefined) void queries.invalidateQueries({ queryKey: key })
  }, [told])
  return (
    <Stale read={read} lines={shown}>
      {({ changes }) =>
        changes.length === 0 ? <p className="quiet-text">Nothing was changed yet.</p> : (
          <ul className="last-changes">
            {changes.map(({ changed_at, changed_by, id, operation, reason, record_id, table_name }) => (
              <li key={id}>
                <Time at={changed_at} ago />
                <span>
                  {changed_by} {verbs[operation] ?? operation}{" "}
                  <Link to="/audit" search={{ table: table_name, record: String(record_id) }}>
                    {table_name.replaceAll("_", " ")} <PlainText>{String(record_id)}</PlainText>
                  </Link>
                  {reason !== null && (
                    <span className="quiet-text">
                      : <PlainText>{reason}</PlainText>
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
    </Stale>
  )
}
