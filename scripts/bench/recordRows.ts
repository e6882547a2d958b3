import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { benchRules, storeRules } from "./rules.ts"

/** Rows of one INSERT, and days that all of them span. */
const batch = 50_000
const days = 30

/** Of one device in a hundred the clock is far off. */
const insert = (from: number, count: number, of: number) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`WITH rules AS (SELECT array_agg(id ORDER BY id) AS ids FROM alert_rules),
      numbered AS (
        SELECT number, now() - (${String(of)}::text::float8 - number) / ${String(of)}::text::float8
            * ${days}::int * interval '1 day' AS received,
          'host' || (random() * random() * 5000)::int || '.example.com' AS host, random() AS dice,
          (random() * 7)::int AS severity, md5(number::text) AS digest
        FROM generate_series(${from}::int, ${from + count - 1}::int) AS number
      ), timed AS (
        SELECT *, date_trunc('milliseconds', received - CASE WHEN dice < 0.01 THEN interval '9 years'
            ELSE random() * interval '2 seconds' END) AS device,
          (lpad(to_hex((extract(epoch FROM received) * 1000)::bigint), 12, '0') || '7' || substr(digest, 1, 3) || '8'
            || substr(digest, 5, 15))::uuid AS id
        FROM numbered
      )
      INSERT INTO event_audit_log (event_id, event_timestamp, received_at, recorded_at, hostname, correlation_id, outcome,
        severity, environment, matched_rule_id, handling_decision, team_assignment, forwarded_to_moog, reason, raw_message,
        rules_version, cause)
      SELECT id, device, date_trunc('milliseconds', received), received + interval '20 milliseconds', host, digest,
        CASE WHEN dice < 0.7 THEN 'unmatched' WHEN dice < 0.8 THEN 'forwarded' ELSE 'suppressed' END, severity, 'prod',
        CASE WHEN dice >= 0.7 THEN ids[1 + (random() * 40)::int] END,
        CASE WHEN dice >= 0.8 THEN 'Log_only' WHEN dice >= 0.7 THEN 'Page_and_ticket' END, 'NETO',
        dice >= 0.7 AND dice < 0.8, 'because', json_build_object('id', id, 'correlationId', digest, 'source', 'syslog',
          'sender', 'syslog/udp', 'receivedAt', received, 'timestamp', device, 'hostname', host, 'message',
          '%LINK-3-UPDOWN: Interface GigabitEthernet0/' || (random() * 48)::int || ', changed state to down ' || digest
          || repeat(' padding', 20), 'severity', severity)::text,
        rules_version.version, CASE WHEN dice >= 0.8 THEN 'handling' END
      FROM timed, rules, rules_version`
  })

/** The partitions that a month of running would have left. */
const pastDays = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql`DO $$
  DECLARE
    day date;
  BEGIN
    FOR day IN SELECT (now() AT TIME ZONE 'UTC')::date - n FROM generate_series(2, 31) AS n LOOP
      EXECUTE format('CREATE TABLE IF NOT EXISTS event_audit_log_%s PARTITION OF event_audit_log
        FOR VALUES FROM (%L) TO (%L)', to_char(day, 'YYYY_MM_DD'), day || ' 00:00+00', day + 1 || ' 00:00+00');
    END LOOP;
  END $$`)

/**
 * A record of so many rows as the product would have it after a month, the newest of them not summarised yet, with
 * rules, their history and deliveries.
 */
export const fillRecord = (rows: number, progress: (line: string) => Effect.Effect<void>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* storeRules(benchRules(1_000))
    yield* sql`TRUNCATE event_audit_log, alert_deliveries`
    yield* pastDays
    const newest = Math.min(20_000, rows / 10)
    for (let from = 0; from < rows - newest; from += batch) {
      yield* insert(from, Math.min(batch, rows - newest - from), rows)
      if (from % (10 * batch) === 0) yield* progress(`${from} of ${rows} rows`)
    }
    yield* sql`INSERT INTO alert_deliveries (alert_id, delivered_at, tries, attempts)
      SELECT event_id::text, recorded_at, 1, '[]' FROM event_audit_log WHERE outcome = 'forwarded' ON CONFLICT DO NOTHING`
    yield* sql`VACUUM ANALYZE event_audit_log`
    yield* sql`VACUUM ANALYZE alert_deliveries`
    yield* insert(rows - newest, newest, rows)
  })
