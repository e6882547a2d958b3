import { type Alert, unlessCause } from "./Alert.ts"

const outages = [
  "MuttRedisDown",
  "MuttPostgresDown",
  "MuttRedisDisk",
  "MuttPostgresDisk",
  "MuttProgramDown",
  "MuttNotReady",
  "MuttDurabilityBroken"
]

/** Of the promise: what was accepted is where the books say, and stays as it was written. */
const promise: ReadonlyArray<Alert> = [
  {
    name: "MuttBooksOff",
    expr: "max by (line) (abs(mutt_books_difference)) > 0",
    forSeconds: 60,
    severity: "page",
    summary: "The books do not balance: {{ $labels.line }} is off by {{ $value }}",
    means: "accepted events or alerts are not where the books say: something was lost or doubled",
    toDo: "Compare with mutt books verify, and find what changed Redis: a restore, a failover, a hand."
  },
  {
    name: "MuttRecordOff",
    expr: "max by (outcome) (abs(mutt_record_difference)) > 0",
    forSeconds: 7_200,
    severity: "page",
    summary: "{{ $value }} rows of the record ({{ $labels.outcome }}) are missing or too many",
    means: "PostgreSQL has another number of rows than Redis has settled events, for two hours",
    toDo: "mutt books verify names the hours. Find what changed the rows: a restore, a failover, a hand."
  },
  {
    name: "MuttAuditChainBroken",
    expr: "max(mutt_audit_chain_broken) == 1",
    forSeconds: 0,
    severity: "page",
    summary: "The chain of changes is not as it was written",
    means: "somebody changed the record of changes in the database, or it came back from an older copy",
    toDo: "mutt audit verify names the link. Treat it as an intrusion until you know better."
  }
]

/** Of the way of an event to its decision. */
const pipeline: ReadonlyArray<Alert> = [
  {
    name: "MuttEventsOld",
    expr: `max(mutt_alerter_oldest_event_seconds) > 60\n${unlessCause([...outages, "MuttBreakerOpen"])}`,
    forSeconds: 120,
    severity: "page",
    summary: "The oldest event has waited for {{ $value | humanizeDuration }}",
    means: "events wait for more than a minute for their decision, though programs and servers are up",
    toDo: "See whether the alerters are too slow for what comes (start another), or one event stops them."
  },
  {
    name: "MuttEventsDead",
    expr: `sum(increase(mutt_alerter_events_processed_total{status=~"poison|error"}[15m])
  or increase(mutt_alerter_shed_events_total{mode="dlq"}[15m])) > 0`,
    forSeconds: 0,
    severity: "ticket",
    summary: "{{ $value | humanize }} events became dead letters in 15 minutes",
    means: "events became dead letters: they cannot be read or stored, or were shed",
    toDo: "mutt dead-letters list says why each. Correct the cause, then replay them."
  },
  {
    name: "MuttSyslogDropped",
    expr: "sum by (instance, reason) (increase(mutt_syslog_dropped_total[10m])) > 0",
    forSeconds: 0,
    severity: "ticket",
    summary: "{{ $labels.instance }} lost {{ $value | humanize }} syslog messages ({{ $labels.reason }})",
    means: "UDP syslog was lost before it was accepted: the kernel's buffer or the ingestor's was full",
    toDo: "Give the socket a larger buffer or add an ingestor; senders that must not lose speak TCP or HTTP."
  },
  {
    name: "MuttDecoderFailing",
    expr: "sum by (door) (increase(mutt_ingest_decoder_failures_total[1h])) > 0",
    forSeconds: 0,
    severity: "ticket",
    summary: "{{ $value | humanize }} records made a decoder of {{ $labels.door }} throw",
    means: "a record made a decoder throw, which is a fault of MUTT; the record is in quarantine",
    toDo: "Keep the record (quarantine, reason decoder_failed) and report it; replay it after the correction."
  },
  {
    name: "MuttRulesNotRead",
    expr: `rate(mutt_alerter_cache_reload_failures_total[2m]) > 0\n${unlessCause(outages)}`,
    forSeconds: 300,
    severity: "ticket",
    summary: "{{ $labels.instance }} cannot read the rules",
    means: "an alerter has not been able to read the rules for five minutes; those in force stay in force",
    toDo: "The check rules of its /readyz says why."
  },
  {
    name: "MuttRulesUnusable",
    expr: "max(mutt_alerter_cache_unusable_rules_count) > 0",
    forSeconds: 300,
    severity: "ticket",
    summary: "{{ $value }} active rules match nothing",
    means: "an active rule matches nothing, as its pattern or OID cannot be used",
    toDo: "The log of the alerter names the rule. Correct it, or switch it off."
  }
]

/** Of the way of an alert to the platform. */
const delivery: ReadonlyArray<Alert> = [
  {
    name: "MuttPlatformKeyRefused",
    expr: "sum(increase(mutt_moog_requests_total{reason=\"refused_key\"}[5m])) > 0",
    forSeconds: 60,
    severity: "page",
    summary: "The incident platform refuses our key",
    means: "the platform answers 401 or 403: no alert arrives there; they wait",
    toDo: "Put a key that the platform takes into the secret store (MOOG_API_KEY). Nothing is lost meanwhile."
  },
  {
    name: "MuttBreakerOpen",
    expr: `max by (name) (mutt_circuit_breaker_state) > 0\n${unlessCause(["MuttPlatformKeyRefused", "MuttRedisDown"])}`,
    forSeconds: 300,
    severity: "page",
    summary: "The incident platform has not taken alerts for five minutes",
    means: "the circuit breaker is open: the platform fails or something else answers at its address; alerts wait",
    toDo: "See whether the platform is up. The check moogsoft of the forwarder's /readyz has its last answer."
  },
  {
    name: "MuttAlertsDead",
    expr: "sum(increase(mutt_moog_alerts_processed_total{status=\"dlq\"}[15m])) > 0",
    forSeconds: 0,
    severity: "page",
    summary: "{{ $value | humanize }} alerts became dead letters in 15 minutes",
    means: "the platform refused alerts for good: it does not know of that trouble",
    toDo: "mutt dead-letters list says what it answered. Correct the cause, then replay them."
  },
  {
    name: "MuttAlertsWaiting",
    expr: `max(mutt_moog_queue_depth) > 100
and on () deriv(max(mutt_moog_queue_depth)[15m:1m]) > 0
${unlessCause([...outages, "MuttBreakerOpen", "MuttPlatformKeyRefused"])}`,
    forSeconds: 900,
    severity: "ticket",
    summary: "{{ $value }} alerts wait for delivery, and ever more",
    means: "alerts come faster than the platform takes them, for 15 minutes",
    toDo: "See moog_rate_limit and how long the platform takes to answer; a rule may be too wide."
  }
]

/** Of settings, passwords, and of what watches the rest. */
const watching: ReadonlyArray<Alert> = [
  {
    name: "MuttConfigStale",
    expr: `max by (job) (mutt_config_stale) == 1\n${unlessCause(outages)}`,
    forSeconds: 300,
    severity: "ticket",
    summary: "{{ $labels.job }} cannot confirm its settings",
    means: "a program runs on the last settings it knew, as it cannot read or use the newest",
    toDo: "The check settings of /readyz says why."
  },
  {
    name: "MuttConfigDiffers",
    expr: `max(mutt_config_version) - min(mutt_config_version) > 0\n${unlessCause([...outages, "MuttConfigStale"])}`,
    forSeconds: 300,
    severity: "ticket",
    summary: "Programs run {{ $value }} versions of the settings apart",
    means: "not every process has the newest settings after five minutes",
    toDo: "mutt config instances names the process and why it refused them."
  },
  {
    name: "MuttRotationOpen",
    expr: "max by (secret) (mutt_rotation_open_seconds) > 0",
    forSeconds: 3_600,
    severity: "ticket",
    summary: "The rotation of {{ $labels.secret }} has been open for an hour",
    means: "a rotation was begun and not ended; both passwords may be good until it is",
    toDo: "mutt rotate status names what blocks the next step. Go on, or roll back."
  },
  {
    name: "MuttCanaryFailing",
    // Since it was found, or since the start when it has not been.
    expr: `time() - max(mutt_canary_last_success_timestamp_seconds > 0
  or process_start_time_seconds and on (job, instance) mutt_canary_interval_seconds)
> clamp_min(4 * max(mutt_canary_interval_seconds) + 60, 300)\n${unlessCause([...outages, "MuttEventsOld"], "15m")}`,
    forSeconds: 60,
    severity: "page",
    summary: "No test event has come through for {{ $value | humanizeDuration }}",
    means: "the event that MUTT sends to itself does not come out, though nothing else says why",
    toDo: "Send an event by hand and follow it. The log of the web-ui has why the canary failed."
  },
  {
    name: "MuttTelemetryDropped",
    expr: "sum by (job, signal) (increase(mutt_telemetry_dropped_total[15m])) > 0",
    forSeconds: 300,
    severity: "ticket",
    summary: "{{ $labels.job }} dropped {{ $value | humanize }} {{ $labels.signal }}",
    means: "traces, metrics or logs for the collector were dropped; events are not touched by it",
    toDo: "See whether the collector answers at OTEL_EXPORTER_OTLP_ENDPOINT and keeps up."
  },
  {
    name: "MuttRetentionBehind",
    expr: `time() - max(mutt_retention_last_run_timestamp) > 2 * 86400\n${unlessCause(["MuttPostgresDown"])}`,
    forSeconds: 3_600,
    severity: "ticket",
    summary: "Old events have not been let go for {{ $value | humanizeDuration }}",
    means: "rows older than event_retention_days have not been dropped for two days: the disk fills",
    toDo: "The log of the web-ui says why; mutt_retention_errors_total counts the tries."
  },
  {
    name: "MuttArchiveBehind",
    expr: `min(mutt_archive_waiting_days) > 0\n${unlessCause(["MuttPostgresDown"])}`,
    forSeconds: 4 * 3_600,
    severity: "ticket",
    summary: "{{ $value }} days of events are not archived",
    means:
      "closed days are not in the archive that event_archive names: retention lets go of none of them, the disk fills",
    toDo: "The log of the web-ui says why; mutt_archive_errors_total counts the tries."
  },
  {
    name: "MuttWatchdog",
    expr: "vector(1)",
    forSeconds: 0,
    severity: "none",
    summary: "Alerts are evaluated and sent",
    means: "always on; when it is not heard any more, Prometheus or the way to you is broken",
    toDo: "Nothing. Let a service outside of this place call you when it stops."
  }
]

export const flowAlerts = { promise, pipeline, delivery, watching }
