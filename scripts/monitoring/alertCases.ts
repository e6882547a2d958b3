import type { AlertCase } from "./AlertCase.ts"
import {
  always,
  answered,
  changed,
  decided,
  delivered,
  disk,
  everywhere,
  from10,
  memory,
  of,
  refused
} from "./alertSeries.ts"
import { budgetCases } from "./budgetCases.ts"
import { canaryCases, canaryFound, canaryInterval } from "./canaryCases.ts"

const waiting = of("mutt_moog_queue_depth", "moog-forwarder")
const breaker = of("mutt_circuit_breaker_state", "moog-forwarder", "name=\"moogsoft\"")
const refusedKey = of("mutt_moog_requests_total", "moog-forwarder", "status=\"fail\", reason=\"refused_key\"")
const deadAlerts = of("mutt_moog_alerts_processed_total", "moog-forwarder", "status=\"dlq\"")
const oldest = of("mutt_alerter_oldest_event_seconds", "alerter")
const books = of("mutt_books_difference", "web-ui", "line=\"events\"")
const record = of("mutt_record_difference", "web-ui", "outcome=\"forwarded\"")
const chain = of("mutt_audit_chain_broken", "web-ui")
const rotation = of("mutt_rotation_open_seconds", "web-ui", "secret=\"DB_PASS\"")
const retention = of("mutt_retention_last_run_timestamp", "web-ui")
const unarchived = of("mutt_archive_waiting_days", "web-ui")
const token = of("mutt_vault_token_ttl_seconds", "web-ui")
const life = of("mutt_vault_token_life_seconds", "web-ui")
const redisDisk = of("mutt_redis_disk_failing", "web-ui", "node=\"r:1\", what=\"append\"")
const postgresDisk = of("mutt_postgres_disk_full_total", "alerter")
const certificate = of("mutt_tls_certificate_expiry_timestamp_seconds", "ingestor", "listener=\"http\"")
const postgresDown = {
  ...everywhere("mutt_check_state", from10(0, 2), "check=\"postgres\""),
  [of("mutt_ready", "alerter")]: from10(1, 0),
  [of("mutt_ready", "web-ui")]: from10(1, 0)
}
const redisDown = {
  ...everywhere("mutt_check_state", from10(0, 2), "check=\"redis\""),
  ...everywhere("mutt_ready", from10(1, 0)),
  ...everywhere("mutt_config_stale", from10(0, 1))
}
const manyRefused = { [answered(200)]: "0+10x400", [answered(503)]: "0x9 0+10x390" }

/** All that the rules look at, as it is when all is well. */
const healthy: AlertCase = {
  name: "all is well",
  series: {
    ...refused(0),
    ...decided(0),
    ...delivered(0),
    ...changed(0),
    ...memory(0.5),
    ...disk(50),
    ...everywhere("mutt_check_state", always(0), "check=\"postgres\""),
    ...everywhere("mutt_check_state", always(0), "check=\"redis\""),
    ...everywhere("mutt_check_state", always(0), "check=\"durability\""),
    [of("mutt_check_state", "alerter", "check=\"record\"")]: always(0),
    ...everywhere("mutt_redis_durability_problems", always(0)),
    ...everywhere("mutt_config_version", always(7)),
    ...everywhere("mutt_config_stale", always(0)),
    ...everywhere("mutt_secrets_stale", always(0)),
    [waiting]: "0+1x10 10-1x10 0x400",
    [breaker]: "0x20 1 0x400",
    [refusedKey]: always(0),
    [deadAlerts]: always(3),
    [oldest]: "1x30 90x1 1x400",
    [books]: always(0),
    [record]: always(0),
    [chain]: always(0),
    [rotation]: "0x100 0+60x20 0x400",
    [retention]: "0+60x400",
    [unarchived]: always(0),
    [canaryFound]: "0+60x400",
    [canaryInterval]: always(30),
    [token]: "3600-60x40 3600-60x40 3600-60x40 3600x300",
    [life]: always(3_600),
    [redisDisk]: always(0),
    [postgresDisk]: always(2),
    [certificate]: always(30 * 86_400),
    [of("mutt_alerter_events_processed_total", "alerter", "status=\"handled\"")]: "0+100x400",
    [of("mutt_alerter_events_processed_total", "alerter", "status=\"poison\"")]: always(2),
    [of("mutt_alerter_shed_events_total", "alerter", "mode=\"dlq\"")]: always(0),
    [of("mutt_syslog_dropped_total", "ingestor", "reason=\"kernel\"")]: always(5),
    [of("mutt_ingest_decoder_failures_total", "ingestor", "door=\"udp\"")]: always(0),
    [of("mutt_alerter_cache_reload_failures_total", "alerter")]: "0 1x400",
    [of("mutt_alerter_cache_unusable_rules_count", "alerter")]: always(0),
    [of("mutt_loop_restarts_total", "alerter", "loop=\"rules\"")]: always(1),
    [of("mutt_telemetry_dropped_total", "ingestor", "signal=\"traces\"")]: always(4)
  },
  at: 125,
  fires: []
}

/** One thing broken in each, and exactly what fires then. */
export const alertCases: ReadonlyArray<AlertCase> = [
  healthy,
  { name: "a program killed", series: { [of("up", "alerter")]: from10(1, 0) }, at: 12, fires: ["MuttProgramDown"] },
  {
    name: "a program killed, long after: what waits for it does not page too",
    series: { [of("up", "alerter")]: from10(1, 0), [oldest]: "0x9 0+60x300", ...decided(0) },
    at: 60,
    fires: ["MuttProgramDown"]
  },
  {
    name: "one of two replicas killed",
    series: {
      [of("up", "alerter")]: from10(1, 0),
      "up{job=\"mutt-alerter\", instance=\"mutt-alerter:2\"}": always(1)
    },
    at: 17,
    fires: ["MuttReplicaDown"]
  },
  {
    name: "not ready for a reason of its own",
    series: { [of("mutt_ready", "moog-forwarder")]: from10(1, 0) },
    at: 14,
    fires: ["MuttNotReady"]
  },
  {
    name: "a loop started again, the first time ever",
    series: { [of("mutt_loop_restarts_total", "alerter", "loop=\"rules\"")]: "_x29 1x400" },
    at: 32,
    fires: ["MuttLoopRestarts"]
  },
  { name: "Redis stopped", series: { ...redisDown, ...manyRefused }, at: 14, fires: ["MuttRedisDown"] },
  {
    name: "Redis stopped, and back: the budget it cost does not page after it",
    series: { ...redisDown, ...refused(0), [answered(503)]: "0+5000x9 55000+15000x5 130000+5000x385" },
    at: 12,
    fires: ["MuttRedisDown"]
  },
  {
    name: "PostgreSQL stopped",
    series: { ...postgresDown, [oldest]: "0x9 0+60x300" },
    at: 20,
    fires: ["MuttPostgresDown"]
  },
  {
    name: "persistence of Redis switched off",
    series: {
      ...everywhere("mutt_redis_durability_problems", from10(0, 1)),
      ...everywhere("mutt_check_state", from10(0, 1), "check=\"durability\""),
      [of("mutt_check_state", "ingestor", "check=\"durability\"")]: from10(0, 2),
      [of("mutt_ready", "ingestor")]: from10(1, 0)
    },
    at: 30,
    fires: ["MuttDurabilityBroken"]
  },
  {
    name: "Redis writes its file late",
    series: {
      ...everywhere("mutt_redis_durability_problems", from10(0, 1)),
      ...everywhere("mutt_check_state", from10(0, 1), "check=\"durability\"")
    },
    at: 21,
    fires: ["MuttRedisPersistence"]
  },
  {
    name: "no standby confirms rows",
    series: { [of("mutt_check_state", "alerter", "check=\"record\"")]: from10(0, 1) },
    at: 16,
    fires: ["MuttRecordOnOneServer"]
  },
  { name: "Redis nearly full", series: memory(0.95), at: 7, fires: ["MuttRedisMemory"] },
  {
    name: "Redis's disk full",
    series: { [redisDisk]: from10(0, 1), [answered(200)]: "0+10x400", [answered(503)]: "0x9 0+10x390" },
    at: 14,
    fires: ["MuttRedisDisk"]
  },
  {
    name: "PostgreSQL's disk full",
    series: { [postgresDisk]: "0x9 0+10x390", [oldest]: "0x9 0+60x300" },
    at: 20,
    fires: ["MuttPostgresDisk"]
  },
  { name: "a disk nearly full", series: disk(5), at: 7, fires: ["MuttDiskFilling"] },
  {
    name: "the Vault token not renewed",
    series: { [token]: "3600-60x60 0x100", [life]: always(3_600) },
    at: 48,
    fires: ["MuttVaultTokenAging"]
  },
  {
    name: "the secret store away",
    series: { [of("mutt_secrets_stale", "ingestor")]: always(1) },
    at: 16,
    fires: ["MuttSecretsStale"]
  },
  {
    name: "a certificate that ends in ten days",
    series: { [certificate]: always(10 * 86_400) },
    at: 6,
    fires: ["MuttCertificateExpiring"]
  },
  {
    name: "a certificate that ends today",
    series: { [certificate]: always(40_000) },
    at: 6,
    fires: ["MuttCertificateExpiring", "MuttCertificateEnding"]
  },
  { name: "books off", series: { [books]: from10(0, -1) }, at: 12, fires: ["MuttBooksOff"] },
  { name: "a row of the record gone", series: { [record]: from10(0, -1) }, at: 131, fires: ["MuttRecordOff"] },
  { name: "the audit chain broken", series: { [chain]: from10(0, 1) }, at: 11, fires: ["MuttAuditChainBroken"] },
  { name: "events wait", series: { [oldest]: from10(1, 90) }, at: 14, fires: ["MuttEventsOld"] },
  {
    name: "an event that cannot be stored",
    series: { [of("mutt_alerter_events_processed_total", "alerter", "status=\"poison\"")]: from10(0, 1) },
    at: 12,
    fires: ["MuttEventsDead"]
  },
  {
    name: "syslog lost",
    series: { [of("mutt_syslog_dropped_total", "ingestor", "reason=\"kernel\"")]: from10(0, 9) },
    at: 12,
    fires: ["MuttSyslogDropped"]
  },
  {
    name: "a decoder throws",
    series: { [of("mutt_ingest_decoder_failures_total", "ingestor", "door=\"udp\"")]: from10(0, 1) },
    at: 12,
    fires: ["MuttDecoderFailing"]
  },
  {
    name: "rules cannot be read",
    series: { [of("mutt_alerter_cache_reload_failures_total", "alerter")]: "0+60x400" },
    at: 9,
    fires: ["MuttRulesNotRead"]
  },
  {
    name: "a rule that matches nothing",
    series: { [of("mutt_alerter_cache_unusable_rules_count", "alerter")]: always(1) },
    at: 6,
    fires: ["MuttRulesUnusable"]
  },
  {
    name: "the platform answers 500",
    series: { [breaker]: from10(0, 2), [waiting]: "0x9 0+20x300", ...delivered(0) },
    at: 40,
    fires: ["MuttBreakerOpen"]
  },
  {
    name: "the platform is back",
    series: { [breaker]: "2x20 0x400", ...delivered(0) },
    at: 30,
    fires: []
  },
  {
    name: "the platform refuses the key",
    series: { [refusedKey]: "0x9 0+1x300", [breaker]: from10(0, 2), [waiting]: "0x9 0+20x300" },
    at: 40,
    fires: ["MuttPlatformKeyRefused"]
  },
  { name: "alerts refused for good", series: { [deadAlerts]: from10(0, 1) }, at: 12, fires: ["MuttAlertsDead"] },
  { name: "ever more alerts wait", series: { [waiting]: "0+20x300" }, at: 40, fires: ["MuttAlertsWaiting"] },
  {
    name: "settings cannot be read",
    series: {
      ...everywhere("mutt_config_version", always(7)),
      [of("mutt_config_version", "ingestor")]: from10(7, 8),
      [of("mutt_config_stale", "alerter")]: from10(0, 1)
    },
    at: 16,
    fires: ["MuttConfigStale"]
  },
  {
    name: "one program has older settings",
    series: {
      ...everywhere("mutt_config_version", always(7)),
      [of("mutt_config_version", "ingestor")]: from10(7, 8)
    },
    at: 16,
    fires: ["MuttConfigDiffers"]
  },
  { name: "a rotation left open", series: { [rotation]: "0x9 0+60x300" }, at: 71, fires: ["MuttRotationOpen"] },
  {
    name: "the collector away",
    series: { [of("mutt_telemetry_dropped_total", "ingestor", "signal=\"traces\"")]: "0x9 0+9x300" },
    at: 17,
    fires: ["MuttTelemetryDropped"]
  },
  { name: "old events stay", series: { [retention]: always(-3 * 86_400) }, at: 61, fires: ["MuttRetentionBehind"] },
  { name: "days are not archived", series: { [unarchived]: always(3) }, at: 241, fires: ["MuttArchiveBehind"] },
  ...canaryCases,
  ...budgetCases
]
