import { Clock, Effect, Layer } from "effect"
import { withinBytes } from "../../src/logic/withinBytes.ts"
import { ConfigAudit, ConfigAuditFailed, type ConfigAuditQuery, type ConfigAuditRow } from "./ConfigAudit.ts"

/** Keeps everything, forgets everything at exit. */
export const ConfigAuditMemory = Layer.sync(ConfigAudit, () => {
  const rows: Array<ConfigAuditRow> = []

  return ConfigAudit.of({
    record: (draft) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        rows.unshift({ ...draft, id: rows.length + 1, changedAt: new Date(now).toISOString(), writer: null })
      }),
    search: (query) =>
      Effect.suspend(() => {
        const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : Number(query.cursor)
        if (Number.isNaN(before)) {
          return Effect.fail(new ConfigAuditFailed({ reason: "query", detail: "The cursor cannot be read." }))
        }
        const found = rows.filter((row) => row.id < before && fits(row, query)).slice(0, query.limit + 1)
        const page = withinBytes(found.slice(0, query.limit), query.maxBytes ?? Number.POSITIVE_INFINITY)
        const last = page.at(-1)
        return Effect.succeed(
          found.length > page.length && last !== undefined
            ? { rows: page, nextCursor: String(last.id) }
            : { rows: page }
        )
      })
  })
})

const fits = (row: ConfigAuditRow, query: ConfigAuditQuery): boolean =>
  (query.changedBy === undefined || row.changedBy.toLowerCase().includes(query.changedBy.toLowerCase())) &&
  (query.operation === undefined || row.operation === query.operation) &&
  (query.tableName === undefined || row.tableName === query.tableName) &&
  (query.recordId === undefined || row.recordId === query.recordId) &&
  (query.correlationId === undefined || row.correlationId === query.correlationId) &&
  (query.from === undefined || Date.parse(row.changedAt) >= Date.parse(query.from)) &&
  (query.to === undefined || Date.parse(row.changedAt) <= Date.parse(query.to))
