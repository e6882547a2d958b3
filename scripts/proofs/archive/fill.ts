import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Rows of one INSERT. */
const batch = 50_000

/**
 * Fills past days with events as devices send them, each day `rows`, the first so many days ago. A correlation id and the
 * random part of an id are of one event alone, as they are in the product.
 */
export const fillDays = (days: number, rows: number, firstAgo: number) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    for (let n = 0; n < days; n++) {
      const ago = firstAgo - n
      yield* sql`DO $$
        DECLARE day date := (now() AT TIME ZONE 'UTC')::date - ${sql.literal(String(ago))};
        BEGIN
          EXECUTE format('CREATE TABLE IF NOT EXISTS event_audit_log_%s PARTITION OF event_audit_log
            FOR VALUES FROM (%L) TO (%L)', to_char(day, 'YYYY_MM_DD'), day || ' 00:00+00', day + 1 || ' 00:00+00');
        END $$`
      for (let from = 0; from < rows; from += batch) {
        yield* sql`WITH timed AS (
            SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - ${ago}::int * interval '1 day'
                + number * (interval '1 day' / ${rows}::int) AS at,
              'sw' || (random() * random() * 5000)::int || '.example.com' AS host, random() AS dice,
              (random() * 7)::int AS severity, replace(gen_random_uuid()::text, '-', '') AS hex
            FROM generate_series(${from}::int, ${Math.min(rows, from + batch) - 1}::int) AS number
          ), identified AS (
            SELECT *, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(hex, 1, 3) || '8'
              || substr(hex, 5, 15))::uuid AS id FROM timed
          )
          INSERT INTO event_audit_log (event_id, event_timestamp, received_at, recorded_at, hostname, correlation_id,
            outcome, severity, environment, handling_decision, team_assignment, forwarded_to_moog, reason, raw_message,
            rules_version, cause)
          SELECT id, at, at + interval '3 milliseconds', at + interval '20 milliseconds', host, hex,
            CASE WHEN dice < 0.9 THEN 'unmatched' ELSE 'suppressed' END, severity, 'prod',
            CASE WHEN dice >= 0.9 THEN 'Ignore' END, 'NETO', false,
            CASE WHEN dice < 0.9 THEN 'No rule matched.' ELSE 'Rule 17 says Ignore in prod.' END,
            json_build_object('id', id, 'correlationId', hex, 'source', 'syslog', 'sender', 'syslog/udp', 'receivedAt', at,
              'timestamp', at, 'hostname', host, 'severity', severity, 'message',
              '%LINK-3-UPDOWN: Interface GigabitEthernet' || (random() * 4)::int || '/0/' || (random() * 48)::int
              || ', changed state to ' || CASE WHEN dice < 0.5 THEN 'down' ELSE 'up' END)::text,
            7, CASE WHEN dice >= 0.9 THEN 'handling' END
          FROM identified`
      }
    }
    yield* sql`ANALYZE event_audit_log`
  })
