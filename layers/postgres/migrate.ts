import { Effect, Schema } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import rules from "./migrations/0001_rules.ts"
import eventAuditLog from "./migrations/0002_event_audit_log.ts"
import configAuditLog from "./migrations/0003_config_audit_log.ts"
import configLedger from "./migrations/0004_config_ledger.ts"
import rightsAndRetention from "./migrations/0005_rights_and_retention.ts"
import rotation from "./migrations/0006_rotation.ts"
import apiRequests from "./migrations/0007_api_requests.ts"
import auditLinks from "./migrations/0008_audit_links.ts"
import linkedChanges from "./migrations/0009_linked_changes.ts"
import retentionFloor from "./migrations/0010_retention_floor.ts"
import linkedRotations from "./migrations/0011_linked_rotations.ts"
import boundedPartitions from "./migrations/0012_bounded_partitions.ts"
import receivedHours from "./migrations/0013_received_hours.ts"
import ruleVersions from "./migrations/0014_rule_versions.ts"
import explainedEvents from "./migrations/0015_explained_events.ts"
import silences from "./migrations/0016_silences.ts"
import recordedOrder from "./migrations/0017_recorded_order.ts"
import newestDeliveries from "./migrations/0018_newest_deliveries.ts"
import ruleHits from "./migrations/0019_rule_hits.ts"
import savedViews from "./migrations/0020_saved_views.ts"
import { ensurePartitions } from "./partitions.ts"
import { StatementDeadline } from "./sqlClient.ts"

/** By `id_name`, in the order they are done. */
export const migrations = {
  "0001_rules": rules,
  "0002_event_audit_log": eventAuditLog,
  "0003_config_audit_log": configAuditLog,
  "0004_config_ledger": configLedger,
  "0005_rights_and_retention": rightsAndRetention,
  "0006_rotation": rotation,
  "0007_api_requests": apiRequests,
  "0008_audit_links": auditLinks,
  "0009_linked_changes": linkedChanges,
  "0010_retention_floor": retentionFloor,
  "0011_linked_rotations": linkedRotations,
  "0012_bounded_partitions": boundedPartitions,
  "0013_received_hours": receivedHours,
  "0014_rule_versions": ruleVersions,
  "0015_explained_events": explainedEvents,
  "0016_silences": silences,
  "0017_recorded_order": recordedOrder,
  "0018_newest_deliveries": newestDeliveries,
  "0019_rule_hits": ruleHits,
  "0020_saved_views": savedViews
}

const loader = Migrator.fromRecord(migrations)

/** The schema is not up to date. Each migration is done whole or not at all. */
export class MigrationFailed extends Schema.TaggedError<MigrationFailed>()("MigrationFailed", {
  detail: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `The schema could not be brought up to date: ${this.detail}`
  }
}

export interface Migrated {
  /** `id_name` of each migration that this run did. */
  readonly done: ReadonlyArray<string>
  readonly partitionsMade: number
}

/**
 * Brings the schema and the partitions of events up to date. May be run at any time by any number of processes, which
 * wait for each other on the migrations table.
 */
export const migrate: Effect.Effect<Migrated, MigrationFailed, SqlClient.SqlClient> = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const done = yield* Migrator.make({})({ loader, table: "schema_migrations" })
  for (const [id, name] of done) {
    yield* Effect.logInfo("Migration done.").pipe(Effect.annotateLogs({ id, name }))
  }
  const partitionsMade = yield* ensurePartitions(sql)
  return { done: done.map(([id, name]) => `${String(id).padStart(4, "0")}_${name}`), partitionsMade }
}).pipe(
  Effect.provideService(StatementDeadline, "Infinity"),
  Effect.mapError((cause) => new MigrationFailed({ detail: words(cause), cause }))
)

/** The innermost message: what PostgreSQL said. */
export const words = (error: unknown): string => {
  let found = ""
  for (let at = error; at instanceof Error; at = at.cause) found = at.message || found
  return found
}
