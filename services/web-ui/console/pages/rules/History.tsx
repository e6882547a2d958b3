import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { useAsk } from "../../api/query.ts"
import { Action } from "../../parts/Action.tsx"
import { Diff } from "../../parts/Diff.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { fieldsOf, type RuleFields, textOf } from "./ruleForm.ts"
import { aroundEach, linesOfValues } from "./ruleHistory.ts"

const words: Readonly<Record<string, string>> = { CREATE: "added", UPDATE: "changed", DELETE: "deleted" }

/** Who changed a rule, when and why; each state can be brought back as a change. */
export const History = ({ restore, rule }: {
  readonly rule: RuleView
  readonly restore: (fields: RuleFields) => void
}) => {
  const read = useAsk(
    ["rule-history", rule.id],
    (api) => api.auditLogs.configLogs({ query: { table_name: "alert_rules", record_id: String(rule.id), limit: 50 } })
  )
  const today = fieldsOf(rule)
  return (
    <Stale read={read}>
      {({ logs }) => (
        <ol className="stack">
          {aroundEach(today, logs).map(({ before }, at) => {
            const entry = logs[at]
            if (entry === undefined) return null
            return (
              <li key={entry.id} className="stack history-entry">
                <p>
                  <Time ago at={entry.changed_at} /> {words[entry.operation] ?? entry.operation} by{" "}
                  <strong>{entry.changed_by}</strong>
                  {entry.reason !== null && `: ${entry.reason}`}
                </p>
                <Diff
                  label={`What ${entry.changed_by} changed`}
                  before={linesOfValues(entry.old_values)}
                  after={linesOfValues(entry.new_values)}
                />
                {before !== undefined && textOf(before) !== textOf(today) && (
                  <p>
                    <Action needs="operator" onClick={() => restore(before)}>Back to before this</Action>
                  </p>
                )}
              </li>
            )
          })}
          {logs.length === 0 && <li>The record has nothing of this rule: it is older than the record.</li>}
        </ol>
      )}
    </Stale>
  )
}
