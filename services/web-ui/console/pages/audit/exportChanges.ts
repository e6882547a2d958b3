import type { ConfigAuditEntry } from "../../../../../src/api/web-ui/AuditLogs.ts"
import { AuditedChange } from "../../../../../src/domain/ChainEntry.ts"
import { entryHash } from "../../../../../src/logic/auditChain.ts"
import { ask } from "../../api/client.ts"
import { everyPage } from "../../api/everyPage.ts"
import type { ReadAll } from "../../parts/Export.tsx"
import { notify } from "../../shell/Notices.tsx"
import type { queryOf } from "./search.ts"

type Entry = typeof ConfigAuditEntry.Type

const operations = AuditedChange.fields.operation.literals

/** Does the hash of a link say what the link says? The browser reckons it itself. */
export const isAsWritten = (entry: Entry): boolean => {
  const operation = operations.find((one) => one === entry.operation)
  return operation !== undefined && entry.entry_hash === entryHash({
        seq: entry.id,
        at: entry.changed_at,
        actor: entry.changed_by,
        operation,
        table: entry.table_name,
        key: String(entry.record_id),
        before: entry.old_values,
        after: entry.new_values,
        reason: entry.reason,
        correlationId: entry.correlation_id,
        previousHash: entry.previous_hash
      })
}

const valuesText = (values: Entry["old_values"]): string | null => values === null ? null : JSON.stringify(values)

const exportRow = (entry: Entry) => ({
  link: entry.id,
  at: entry.changed_at,
  by: entry.changed_by,
  operation: entry.operation,
  table: entry.table_name,
  record: String(entry.record_id),
  reason: entry.reason,
  before: valuesText(entry.old_values),
  after: valuesText(entry.new_values),
  request: entry.correlation_id,
  writer: entry.writer,
  previous_hash: entry.previous_hash,
  hash: entry.entry_hash,
  as_written: isAsWritten(entry)
})

export const exportColumns = [
  "link",
  "at",
  "by",
  "operation",
  "table",
  "record",
  "reason",
  "before",
  "after",
  "request",
  "writer",
  "previous_hash",
  "hash",
  "as_written"
] as const satisfies ReadonlyArray<keyof ReturnType<typeof exportRow>>

/** Every change that a filter finds, each held against its hash. */
export const allChanges = (query: ReturnType<typeof queryOf>): ReadAll =>
  async function*(signal) {
    let wrong = 0
    const pages = everyPage(async (cursor) => {
      const asked = { ...query, limit: 200, ...(cursor === "" ? {} : { cursor }) }
      const { logs, pagination } = await ask((api) => api.auditLogs.configLogs({ query: asked }), signal)
      return { rows: logs.map(exportRow), next: pagination.next_cursor }
    })
    for await (const rows of pages) {
      wrong += rows.filter(({ as_written }) => !as_written).length
      yield rows
    }
    if (wrong > 0) notify(`${wrong} of the links are not as they were written: see \`as_written\`.`, { tone: "err" })
  }
