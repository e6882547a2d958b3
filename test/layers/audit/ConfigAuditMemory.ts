import { Clock, Effect, Layer } from "effect"
import { ConfigAudit, ConfigAuditFailed, type ConfigAuditQuery } from "../../../layers/audit/ConfigAudit.ts"
import type { AuditedChange, ChainEntry } from "../../../src/domain/ChainEntry.ts"
import { link } from "../../../src/logic/auditChain.ts"
import { pageOf } from "../../../src/logic/withinBytes.ts"

/** Keeps the audit in memory, for tests. */
export const ConfigAuditMemory = Layer.sync(ConfigAudit, () => {
  const rows: Array<ChainEntry> = []

  const record = (change: AuditedChange) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      rows.unshift(link(rows[0], { ...change, at: new Date(now).toISOString(), writer: null }))
    })

  return ConfigAudit.of({
    record,
    recordAll: (changes) => Effect.forEach(changes, record, { discard: true }),
    search: (query) =>
      Effect.suspend(() => {
        const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : Number(query.cursor)
        if (Number.isNaN(before)) {
          return Effect.fail(new ConfigAuditFailed({ reason: "query", detail: "The cursor cannot be read." }))
        }
        const found = rows.filter((row) => row.seq < before && fits(row, query))
        return Effect.succeed(pageOf(found, query, ({ seq }) => String(seq)))
      })
  })
})

const fits = (row: ChainEntry, query: ConfigAuditQuery): boolean =>
  (query.actor === undefined || row.actor.toLowerCase().includes(query.actor.toLowerCase())) &&
  (query.operation === undefined || row.operation === query.operation) &&
  (query.table === undefined || row.table === query.table) &&
  (query.key === undefined || row.key === query.key) &&
  (query.correlationId === undefined || row.correlationId === query.correlationId) &&
  (query.from === undefined || Date.parse(row.at) >= Date.parse(query.from)) &&
  (query.to === undefined || Date.parse(row.at) <= Date.parse(query.to))
