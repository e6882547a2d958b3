import { Array, Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Handling, MatchType } from "../../src/domain/Rule.ts"

type Sample = readonly [
  match: MatchType,
  text: string,
  severity: number | null,
  priority: number,
  prod: Handling,
  dev: Handling,
  team: string
]

/** Rules for common messages of network devices and servers. */
const rules: Array.NonEmptyReadonlyArray<Sample> = [
  ["contains", "LINK-DOWN", null, 5, "Page_and_ticket", "Ticket_only", "NetOps"],
  ["contains", "CRITICAL", null, 10, "Page_and_ticket", "Ticket_only", "NETO"],
  ["oid_prefix", "1.3.6.1.4.1.9.9.41.2", null, 15, "Page_and_ticket", "Ignore", "NetOps"],
  ["contains", "ERROR", null, 20, "Ticket_only", "Ignore", "NETO"],
  ["contains", "DOT1X-FIRMWARE-RUNNING", null, 50, "Ticket_only", "Ignore", "Security"],
  ["regex", "%LINE(PROTO)?-\\d-UPDOWN: .* changed state to down", null, 30, "Page_and_ticket", "Ticket_only", "NetOps"],
  ["regex", "%(BGP|OSPF)-\\d-(NOTIFICATION|ADJCHG)", null, 31, "Ticket_only", "Log_only", "NetOps"],
  ["contains", "Out of memory: Kill process", null, 32, "Page_only", "Ticket_only", "SysAdmin"],
  ["regex", "%PLATFORM_ENV-\\d-FRU_PS_FAIL", null, 33, "Page_and_ticket", "Ticket_only", "NetOps"],
  ["regex", "%(ASA|PIX)-[1-4]-\\d+", null, 40, "Ticket_only", "Log_only", "Security"],
  ["contains", "IDS: Signature match", null, 41, "Page_only", "Log_only", "Security"],
  ["oid_prefix", "1.3.6.1.6.3.1.1.5.3", null, 42, "Page_and_ticket", "Ticket_only", "NetOps"],
  ["oid_prefix", "1.3.6.1.4.1.9.9.117.2", null, 43, "Page_and_ticket", "Ticket_only", "NetOps"],
  ["contains", "%SYS-5-CONFIG_I", null, 60, "Log_only", "Ignore", "NetOps"],
  ["contains", "%SYS-6-LOGGINGHOST_STARTSTOP", null, 61, "Suppress", "Ignore", "NetOps"]
]

const developmentHosts: Array.NonEmptyReadonlyArray<string> = [
  "dev-router1",
  "test-switch1",
  "qa-firewall1",
  "dev-*",
  "*.lab.example.com"
]

const teams: Array.NonEmptyReadonlyArray<readonly [hostname: string, team: string]> = [
  ["router1.prod.example.com", "NetOps"],
  ["switch1.prod.example.com", "NetOps"],
  ["firewall1.prod.example.com", "Security"],
  ["server1.prod.example.com", "SysAdmin"],
  ["*.security.example.com", "Security"],
  ["*.storage.example.com", "Storage"]
]

/** Inserts samples into each of the tables that is empty, and returns how many rows. */
export const seedSamples: Effect.Effect<number, SqlError.SqlError, SqlClient.SqlClient> = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const intoEmpty = Effect.fnUntraced(
    function*(table: string, rows: Array.NonEmptyReadonlyArray<Record<string, string | number | null>>) {
      yield* sql`LOCK TABLE ${sql(table)} IN SHARE ROW EXCLUSIVE MODE`
      const found = yield* sql`SELECT 1 FROM ${sql(table)} LIMIT 1`
      if (found.length > 0) return 0
      yield* sql`INSERT INTO ${sql(table)} ${sql.insert(rows)}`
      return rows.length
    }
  )
  const counts = [
    yield* intoEmpty("alert_rules", Array.map(rules, ruleRow)),
    yield* intoEmpty("development_hosts", Array.map(developmentHosts, (hostname) => ({ hostname }))),
    yield* intoEmpty("device_teams", Array.map(teams, ([hostname, team_assignment]) => ({ hostname, team_assignment })))
  ]
  return counts.reduce((sum, count) => sum + count, 0)
}).pipe((effect) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(effect)))

const ruleRow = (
  [match_type, text, syslog_severity, priority, prod_handling, dev_handling, team_assignment]: Sample
) => ({
  match_type,
  match_string: match_type === "oid_prefix" ? null : text,
  trap_oid: match_type === "oid_prefix" ? text : null,
  syslog_severity,
  priority,
  prod_handling,
  dev_handling,
  team_assignment
})
