import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { hostExists, hostHasTeam, hostNotFound } from "../../src/domain/RuleProblems.ts"
import type { changeRecord } from "../audit/changeRecord.ts"
import type { ConfigAuditFailed } from "../audit/ConfigAudit.ts"
import { orUnavailable } from "../audit/orUnavailable.ts"
import { type RuleRepository, RuleRepositoryUnavailable } from "./RuleRepository.ts"
import { lockRules } from "./ruleRows.ts"

export const unreachable = orUnavailable((failure) => new RuleRepositoryUnavailable(failure))

type Recorder = (...change: Parameters<typeof changeRecord>) => Effect.Effect<void, ConfigAuditFailed>

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

/** Queries development hosts and device teams. Host names are stored in lower case. */
export const hostQueries = (sql: SqlClient.SqlClient, record: Recorder): HostPart => {
  return {
    developmentHosts: sql`SELECT hostname FROM development_hosts ORDER BY hostname COLLATE "C"`.pipe(
      Effect.flatMap((rows) => Effect.orDie(Hosts(rows))),
      Effect.map((rows) => rows.map(({ hostname }) => hostname)),
      unreachable
    ),
    addDevelopmentHost: (name, author) =>
      Effect.gen(function*() {
        const hostname = name.toLowerCase()
        const added = yield* sql`INSERT INTO development_hosts (hostname) VALUES (${hostname})
          ON CONFLICT DO NOTHING RETURNING hostname`
        if (added.length === 0) return yield* hostExists()
        yield* record("development_hosts", hostname, author, null, { hostname })
      }).pipe(sql.withTransaction, unreachable),
    removeDevelopmentHost: (name, author) =>
      Effect.gen(function*() {
        const hostname = name.toLowerCase()
        const removed = yield* sql`DELETE FROM development_hosts WHERE hostname = ${hostname} RETURNING hostname`
        if (removed.length === 0) return yield* hostNotFound()
        yield* record("development_hosts", hostname, author, { hostname }, null)
      }).pipe(sql.withTransaction, unreachable),
    teams: sql`SELECT hostname, team_assignment FROM device_teams ORDER BY hostname COLLATE "C"`.pipe(
      Effect.flatMap((rows) => Effect.orDie(Teams(rows))),
      Effect.map((rows) => rows.map(({ hostname, team_assignment }) => ({ hostname, team: team_assignment }))),
      unreachable
    ),
    addTeam: (name, team, author) =>
      Effect.gen(function*() {
        const after = { hostname: name.toLowerCase(), team_assignment: team }
        const added = yield* sql`INSERT INTO device_teams ${
          sql.insert(after)
        } ON CONFLICT DO NOTHING RETURNING hostname`
        if (added.length === 0) return yield* hostHasTeam()
        yield* record("device_teams", after.hostname, author, null, after)
      }).pipe(sql.withTransaction, unreachable),
    updateTeam: (name, team, author) =>
      Effect.gen(function*() {
        const hostname = name.toLowerCase()
        yield* lockRules(sql)
        const [before] = yield* Effect.flatMap(
          sql`SELECT hostname, team_assignment FROM device_teams WHERE hostname = ${hostname} FOR UPDATE`,
          (rows) => Effect.orDie(Teams(rows))
        )
        if (before === undefined) return yield* hostNotFound()
        yield* sql`UPDATE device_teams SET team_assignment = ${team} WHERE hostname = ${hostname}`
        yield* record("device_teams", hostname, author, before, { hostname, team_assignment: team })
      }).pipe(sql.withTransaction, unreachable),
    removeTeam: (name, author) =>
      Effect.gen(function*() {
        const hostname = name.toLowerCase()
        const [before] = yield* Effect.flatMap(
          sql`DELETE FROM device_teams WHERE hostname = ${hostname} RETURNING hostname, team_assignment`,
          (rows) => Effect.orDie(Teams(rows))
        )
        if (before === undefined) return yield* hostNotFound()
        yield* record("device_teams", hostname, author, before, null)
      }).pipe(sql.withTransaction, unreachable)
  }
}
