import type { ConfigAuditEntry } from "../../../../../src/api/web-ui/AuditLogs.ts"
import { AuditedChange } from "../../../../../src/domain/ChainEntry.ts"
import { entryHash } from "../../../../../src/logic/auditChain.ts"

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

/** A change as it is exported, with what ties it to the chain. */
export const exportRow = (entry: Entry) => ({
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
