import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { ConfigAuditFailed, ConfigValues } from "../audit/ConfigAudit.ts"
import { type Change, HostExists, HostNotFound, type RuleRepository } from "./RuleRepository.ts"
import { unreachable } from "./unreachable.ts"

type Record = (
  table: "development_hosts" | "device_teams",
  recordId: string,
  change: Change,
  before: ConfigValues | null,
  after: ConfigValues | null
) => Effect.Effect<void, ConfigAuditFailed>

type HostPart = Pick<
  RuleRepository["Service"],
  | "developmentHosts"
  | "addDevelopmentHost"
  | "removeDevelopmentHost"
  | "teams"
  | "addTeam"
  | "updateTeam"
  | "removeTeam"
>

const Hosts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ hostname: Schema.String })))
const Teams = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ hostname: Schema.String, team_assignment: Schema.String }))
)

/** The part of the rule book that is about hosts. Names are kept in lower case. */
export const hostQueries = (sql: SqlClient.SqlClient, record: Record): HostPart => {
  const exists = (hostname: string) => new HostExists({ hostname })
  const missing = (hostname: string) => new HostNotFound({ hostname })

  return {
    developmentHosts: sql`SELECT hostname FROM development_hosts ORDER BY hostname COLLATE "C"`.pipe(
      Effect.flatMap((rows) => Effect.orDie(Hosts(rows))),
      Effect.map((rows) => rows.map(({ hostname }) => hostname)),
      unreachable
    ),
    addDevelopmentHost: (name, change) =>
      Effect.gen(function*() {
        const hostname = name.toLowerCase()
        const added = yield* sql`INSERT INTO development_hosts (hostname) VALUES (${hostname})
          ON CONFLICT DO NOTHING RETURNING hostname`
        if (added.length === 0) return yield* exists(hostname)
        yield* record("development_hosts", hostname, change, null, { hostname })
      }).pipe(sql.withTransaction, unreachable),
    removeDevelopmentHost: (name, change) =>
      Effect.gen(function*() {
        const hostname = name.toLowerCase()
        const removed = yield* sql`DELETE FROM development_hosts WHERE hostname = ${hostname} RETURNING hostname`
        if (removed.length === 0) return yield* missing(hostname)
        yield* record("development_hosts", hostname, change, { hostname }, null)
      }).pipe(sql.withTransaction, unreachable),
    teams: sql`SELECT hostname, team_assignment FROM device_teams ORDER BY hostname COLLATE "C"`.pipe(
      Effect.flatMap((rows) => Effect.orDie(Teams(rows))),
      Effect.map((rows) => rows.map(({ hostname, team_assignment }) => ({ hostname, team: team_assignment }))),
      unreachable
    ),
    addTeam: (name, team, change) =>
      Effect.gen(function*() {
        const after = { hostname: name.toLowerCase(), team_assignment: team }
        const added = yield* sql`INSERT INTO device_teams ${
          sql.insert(after)
        } ON CONFLICT DO NOTHING RETURNING hostname`
        if (added.length === 0) return yield* exists(after.hostname)
        yield* record("device_teams", after.hostname, change, null, after)
      }).pipe(sql.withTransaction, unreachable),
    updateTeam: (name, team, change) =>
      Effect.gen(function*() {
        const hostname = name.toLowerCase()
        const [before] = yield* Effect.flatMap(
          sql`SELECT hostname, team_assignment FROM device_teams WHERE hostname = ${hostname} FOR UPDATE`,
          (rows) => Effect.orDie(Teams(rows))
        )
        if (before === undefined) return yield* missing(hostname)
        yield* sql`UPDATE device_teams SET team_assignment = ${team} WHERE hostname = ${hostname}`
        yield* record("device_teams", hostname, change, before, { hostname, team_assignment: team })
      }).pipe(sql.withTransaction, unreachable),
    removeTeam: (name, change) =>
      Effect.gen(function*() {
        const hostname = name.toLowerCase()
        const [before] = yield* Effect.flatMap(
          sql`DELETE FROM device_teams WHERE hostname = ${hostname} RETURNING hostname, team_assignment`,
          (rows) => Effect.orDie(Teams(rows))
        )
        if (before === undefined) return yield* missing(hostname)
        yield* record("device_teams", hostname, change, before, null)
      }).pipe(sql.withTransaction, unreachable)
  }
}
