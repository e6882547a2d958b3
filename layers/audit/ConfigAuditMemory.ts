import { Clock, Effect, Layer } from "effect"
import type { AuditEntry } from "../../src/domain/ChainEntry.ts"
import { withinBytes } from "../../src/logic/withinBytes.ts"
import { ConfigAudit, ConfigAuditFailed, type ConfigAuditQuery } from "./ConfigAudit.ts"

/** Keeps everything, forgets everything at exit. */
export const ConfigAuditMemory = Layer.sync(ConfigAudit, () => {
  const rows: Array<AuditEntry> = []

  return ConfigAudit.of({
    record: (change) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        rows.unshift({ ...change, seq: rows.length + 1, at: new Date(now).toISOString() })
      }),
    search: (query) =>
      Effect.suspend(() => {
        const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : Number(query.cursor)
        if (Number.isNaN(before)) {
          return Effect.fail(new ConfigAuditFailed({ reason: "query", detail: "The cursor cannot be read." }))
        }
        const found = rows.filter((row) => row.seq < before && fits(row, query)).slice(0, query.limit + 1)
        const page = withinBytes(found.slice(0, query.limit), query.maxBytes ?? Number.POSITIVE_INFINITY)
        const last = page.at(-1)
        return Effect.succeed(
          found.length > page.length && last !== undefined
            ? { rows: page, nextCursor: String(last.seq) }
            : { rows: page }
        )
      })
  })
})

const fits = (row: AuditEntry, query: ConfigAuditQuery): boolean =>
  (query.actor === undefined || row.actor.toLowerCase().includes(query.actor.toLowerCase())) &&
  (query.operation === undefined || row.operation === query.operation) &&
  (query.table === undefined || row.table === query.table) &&
  (query.key === undefined || row.key === query.key) &&
  (query.correlationId === undefined || row.correlationId === query.correlationId) &&
  (query.from === undefined || Date.parse(row.at) >= Date.parse(query.from)) &&
  (query.to === undefined || Date.parse(row.at) <= Date.parse(query.to))
