import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { EventBatch } from "../../../src/api/web-ui/EventLists.ts"
import type { EventRow } from "../../../src/domain/EventRow.ts"

/** Rows that a tail of the console keeps. */
export const tailKeeps = 50_000

const everyMs = 100

/** Events as the alerter records them, in one statement. Their texts are as long as those of `tailFull`. */
const record = (count: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql`WITH made AS (
        SELECT gen_random_uuid() AS id, date_trunc('milliseconds', clock_timestamp()) AS at, random() AS dice,
          (random() * 7)::int AS severity, 'host' || lpad((random() * 2000)::int::text, 4, '0') || '.example.com' AS host
        FROM generate_series(1, ${count}::int)
      )
      INSERT INTO event_audit_log (event_id, event_timestamp, received_at, recorded_at, hostname, correlation_id, outcome,
        severity, environment, matched_rule_id, handling_decision, team_assignment, forwarded_to_moog, reason,
        raw_message)
      SELECT id, at, at, now(), host, id::text, CASE WHEN dice < 0.3 THEN 'forwarded' ELSE 'unmatched' END, severity,
        'prod', CASE WHEN dice < 0.3 THEN 1 + (dice * 100)::int END,
        CASE WHEN dice < 0.3 THEN 'Page_and_ticket' END, 'NETO', dice < 0.3, 'because',
        format('{"id":"%s","correlationId":"%s","source":"syslog","sender":"syslog/udp","hostname":"%s","severity":"%s",'
          '"message":"%%LINK-3-UPDOWN: Interface GigabitEthernet0/%s, changed state to down %s"}',
          id, id, host, severity, 10 + (dice * 37)::int, id)
      FROM made`)

/** Records so many events a second for so long, evenly, and gives how many they were. */
export const recordEvents = (perSecond: number, forMs: number) =>
  Effect.gen(function*() {
    const from = performance.now()
    const all = Math.round(perSecond * forMs / 1_000)
    let sent = 0
    while (sent < all) {
      const due = Math.min(all, Math.floor((performance.now() - from) * perSecond / 1_000))
      if (due > sent) yield* record(due - sent)
      sent = Math.max(sent, due)
      if (sent < all) yield* Effect.sleep(everyMs)
    }
    return sent
  })

const two = (number: number) => String(10 + number % 38)

const rowAt = (number: number, at: string): EventRow => {
  const id = crypto.randomUUID()
  const forwarded = number % 10 < 3
  return {
    ref: `${at}_${id}`,
    id,
    received_at: at,
    event_timestamp: at,
    hostname: `host${String(number % 2_000).padStart(4, "0")}.example.com`,
    severity: number % 8,
    message: `%LINK-3-UPDOWN: Interface GigabitEthernet0/${two(number)}, changed state to down ${id}`,
    cut: false,
    outcome: forwarded ? "forwarded" : "unmatched",
    cause: null,
    cause_id: null,
    environment: "prod",
    rule_id: forwarded ? 1 + number % 30 : null,
    rule_name: null,
    team: "NETO",
    handling: forwarded ? "Page_and_ticket" : null,
    source: "syslog",
    sender: "syslog/udp",
    rules_version: null
  }
}

const batchRows = 200

/**
 * What a tail is told in fifty seconds at 1,000 events/s, which fills what it keeps, at once. It names no place, so that
 * the page begins anew at the server when this has ended.
 */
export const tailFull = (nowMs: number): string => {
  const rows = Array.from({ length: tailKeeps }, (_, number) => rowAt(number, new Date(nowMs).toISOString()))
  const batches = Array.from({ length: tailKeeps / batchRows }, (_, index): EventBatch => ({
    rows: rows.slice(index * batchRows, (index + 1) * batchRows),
    skipped: 0
  }))
  return batches.map((batch) => `event: batch\ndata: ${JSON.stringify(batch)}\n\n`).join("")
}
