import { expand, idOf, type Migrations } from "./Migration.ts"
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
import schemaCompat from "./migrations/0021_schema_compat.ts"
import dailyPartitions, { correlationIndex } from "./migrations/0022_daily_partitions.ts"
import eventArchives from "./migrations/0023_event_archives.ts"

/** By `id_name`, in the order they are done. */
export const migrations: Migrations = {
  "0001_rules": expand(rules),
  "0002_event_audit_log": expand(eventAuditLog),
  "0003_config_audit_log": expand(configAuditLog),
  "0004_config_ledger": expand(configLedger),
  "0005_rights_and_retention": expand(rightsAndRetention),
  "0006_rotation": expand(rotation),
  "0007_api_requests": expand(apiRequests),
  "0008_audit_links": expand(auditLinks),
  "0009_linked_changes": expand(linkedChanges),
  "0010_retention_floor": expand(retentionFloor),
  "0011_linked_rotations": expand(linkedRotations),
  "0012_bounded_partitions": expand(boundedPartitions),
  "0013_received_hours": expand(receivedHours),
  "0014_rule_versions": expand(ruleVersions),
  "0015_explained_events": expand(explainedEvents),
  "0016_silences": expand(silences),
  "0017_recorded_order": expand(recordedOrder),
  "0018_newest_deliveries": expand(newestDeliveries),
  "0019_rule_hits": expand(ruleHits),
  "0020_saved_views": expand(savedViews),
  "0021_schema_compat": expand(schemaCompat),
  "0022_daily_partitions": expand(dailyPartitions, [correlationIndex]),
  "0023_event_archives": expand(eventArchives)
}

/** What the programs of this release need of the schema, and what they know of it. */
export interface SchemaSpan {
  /** The newest migration that they need: the newest that adds something. */
  readonly needs: number
  /** The newest migration that they know. */
  readonly knows: number
}

export const schemaSpanOf = (all: Migrations): SchemaSpan => {
  const newest = (names: ReadonlyArray<string>) => Math.max(0, ...names.map(idOf))
  return {
    needs: newest(Object.keys(all).filter((name) => all[name]?.kind === "expand")),
    knows: newest(Object.keys(all))
  }
}

export const schemaSpan = schemaSpanOf(migrations)
