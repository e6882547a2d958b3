import { objectives } from "../../src/domain/Objective.ts"
import { rateOf, ratioOf } from "../../src/logic/objectiveQueries.ts"
import { type Dashboard, graph, median99, type Panel, perSecond, stat } from "./Panel.ts"

const overview: Dashboard = {
  uid: "mutt-overview",
  title: "MUTT overview",
  panels: [
    stat("Alerts that fire", "short", {
      "{{severity}}": "count by (severity) (ALERTS{alertname=~\"Mutt.+\", alertstate=\"firing\", severity!=\"none\"})"
    }, 1),
    stat("Ready", "short", { "{{job}}": "sum by (job) (mutt_ready)" }),
    stat("Books are off by", "short", { "{{line}}": "max by (line) (abs(mutt_books_difference))" }, 1),
    stat("Rows of the record off", "short", { "{{outcome}}": "max by (outcome) (abs(mutt_record_difference))" }, 1),
    stat("Oldest event", "s", { "age": "max(mutt_alerter_oldest_event_seconds)" }, 60),
    stat(
      "Circuit breaker (0 closed, 2 open)",
      "short",
      { "{{name}}": "max by (name) (mutt_circuit_breaker_state)" },
      1
    ),
    graph("Events stored a second", "ops", perSecond("mutt_ingest_events_total", "source")),
    graph("Events settled a second", "ops", perSecond("mutt_alerter_events_processed_total", "status")),
    graph("Alerts a second", "ops", perSecond("mutt_moog_alerts_processed_total", "status")),
    graph("What waits", "short", {
      "events": "max(mutt_alerter_events_waiting)",
      "alerts": "max(mutt_moog_queue_depth)"
    }),
    graph("Accepted events, by where they are", "short", { "{{outcome}}": "max by (outcome) (mutt_books_events)" }),
    graph("Dead letters", "short", { "events": "max(mutt_alerter_dlq_depth)", "alerts": "max(mutt_moog_dlq_depth)" }),
    graph("The canary's way", "s", median99("mutt_canary_seconds"))
  ]
}

const pipeline: Dashboard = {
  uid: "mutt-pipeline",
  title: "MUTT pipeline",
  panels: [
    graph("Intake requests a second", "ops", perSecond("mutt_ingest_requests_total", "status, reason")),
    graph("Intake latency", "s", median99("mutt_ingest_latency_seconds")),
    graph("Events in one call to Redis", "short", median99("mutt_ingest_append_events")),
    graph("Syslog read a second", "ops", perSecond("mutt_syslog_received_total", "transport")),
    graph("Syslog lost a second", "ops", perSecond("mutt_syslog_dropped_total", "reason")),
    graph("Quarantined a second", "ops", perSecond("mutt_ingest_quarantined_total", "reason")),
    graph("Queue", "short", { "events": "max(mutt_ingest_queue_depth)" }),
    graph("Queue, bytes", "bytes", { "bytes": "max(mutt_ingest_queue_bytes)" }),
    graph("Age of the oldest event", "s", { "age": "max(mutt_alerter_oldest_event_seconds)" }),
    graph("From arrival to decision", "s", median99("mutt_alerter_event_delay_seconds")),
    graph("A batch in the alerter", "s", median99("mutt_alerter_processing_latency_seconds")),
    graph("Storing a batch", "s", median99("mutt_db_write_seconds")),
    graph("Rules in force", "short", {
      "active": "max(mutt_alerter_cache_rules_count)",
      "unusable": "max(mutt_alerter_cache_unusable_rules_count)"
    }),
    graph("Reading the rules", "s", median99("mutt_alerter_cache_reload_latency_seconds")),
    graph("Shed a second", "ops", perSecond("mutt_alerter_shed_events_total", "mode"))
  ]
}

const delivery: Dashboard = {
  uid: "mutt-delivery",
  title: "MUTT delivery",
  panels: [
    graph("Tries a second", "ops", perSecond("mutt_moog_alerts_processed_total", "status")),
    graph("Requests to the platform a second", "ops", perSecond("mutt_moog_requests_total", "status, reason")),
    graph("The platform's answers", "s", median99("mutt_moog_request_latency_seconds")),
    graph("From arrival to delivery", "s", median99("mutt_moog_delivery_delay_seconds")),
    graph("The same, without the open breaker", "s", median99("mutt_moog_delivery_delay_breaker_closed_seconds")),
    graph("Alerts", "short", {
      "waiting": "max(mutt_moog_queue_depth)",
      "in hand": "sum(mutt_moog_processing_list_depth)",
      "dead letters": "max(mutt_moog_dlq_depth)"
    }),
    graph("Circuit breaker", "short", {
      "state": "max by (name) (mutt_circuit_breaker_state)",
      "failures": "max by (name) (mutt_circuit_breaker_failures)"
    }),
    graph("Waits for the rate limit a second", "ops", perSecond("mutt_moog_rate_limit_hits_total", "instance")),
    graph("Outcomes after their lease", "ops", perSecond("mutt_moog_lost_leases_total", "instance")),
    graph("Meta-alerts a second", "ops", perSecond("mutt_alerter_unhandled_meta_alerts_total", "instance"))
  ]
}

const servers: Dashboard = {
  uid: "mutt-servers",
  title: "MUTT programs and servers",
  panels: [
    graph("Checks (0 ok, 1 degraded, 2 down)", "short", {
      "{{job}} {{check}}": "max by (job, check) (mutt_check_state)"
    }),
    graph("Durability problems of Redis", "short", { "problems": "max(mutt_redis_durability_problems)" }),
    graph("Connections opened to Redis a second", "ops", perSecond("mutt_redis_connections_total", "job, slot")),
    graph(
      "Connections opened to PostgreSQL a second",
      "ops",
      perSecond("mutt_postgres_connections_total", "job, slot")
    ),
    graph("Memory of Redis, used", "percentunit", { "{{node}}": "max by (node) (mutt_redis_memory_used_ratio)" }),
    graph("Size of what is kept", "bytes", {
      "PostgreSQL": "max(mutt_postgres_database_bytes)",
      "append-only file {{node}}": "max by (node) (mutt_redis_append_only_bytes)"
    }),
    graph("Disks failing", "short", {
      "Redis {{node}} {{what}}": "max by (node, what) (mutt_redis_disk_failing)",
      "PostgreSQL": "sum(increase(mutt_postgres_disk_full_total[5m]))"
    }),
    graph("Scripts of Redis, p99", "s", {
      "{{script}}":
        "histogram_quantile(0.99, sum by (le, script) (rate(mutt_redis_script_seconds_bucket[$__rate_interval])))"
    }),
    graph("Connections to PostgreSQL", "short", {
      "{{job}} {{state}}": "sum by (job, state) (mutt_postgres_pool_connections)"
    }),
    graph("Waiting for a connection", "s", median99("mutt_postgres_pool_wait_seconds")),
    graph("Processor", "percentunit", perSecond("process_cpu_seconds_total", "job, instance")),
    graph("Memory", "bytes", { "{{job}} {{instance}}": "process_resident_memory_bytes{job=~\"mutt-.+\"}" }),
    graph("Event loop lag", "s", { "{{job}} {{instance}}": "nodejs_eventloop_lag_seconds" }),
    graph("HTTP requests a second", "ops", perSecond("mutt_http_requests_total", "job, status")),
    graph("HTTP connections", "short", { "{{job}}": "sum by (job) (mutt_http_connections)" }),
    graph("Version of the settings", "short", { "{{job}} {{instance}}": "mutt_config_version" }),
    graph("Rotations (0 steady)", "short", { "{{secret}}": "max by (secret) (mutt_rotation_state)" }),
    graph("Days left of certificates", "short", {
      "{{job}} {{listener}}{{peer}}":
        "(min by (job, listener, peer) (mutt_tls_certificate_expiry_timestamp_seconds) - time()) / 86400"
    }),
    graph("Vault token, time left", "s", { "{{job}} {{instance}}": "mutt_vault_token_ttl_seconds" })
  ]
}

const slo: Dashboard = {
  uid: "mutt-slo",
  title: "MUTT objectives",
  panels: objectives.flatMap(({ name, target, title }): ReadonlyArray<Panel> => [
    stat(`${title}: good, ${target * 100} % wanted`, "percentunit", {
      "1 h": `1 - ${ratioOf(name, "1h")}`,
      "3 d": `1 - ${ratioOf(name, "3d")}`
    }),
    graph(
      `${title}: burn rate`,
      "short",
      Object.fromEntries(
        (["5m", "1h", "6h", "3d"] as const).map((
          window
        ) => [window, `${ratioOf(name, window)} / ${Number((1 - target).toPrecision(6))}`])
      )
    ),
    graph(`${title}: a second`, "ops", { "all": rateOf(name, "all"), "bad": rateOf(name, "bad") })
  ])
}

export const dashboards: ReadonlyArray<Dashboard> = [overview, pipeline, delivery, servers, slo]
