import { Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import { hostExists, hostHasTeam, hostNotFound } from "../../src/domain/RuleProblems.ts"
import type { changeRecord } from "../audit/changeRecord.ts"
import type { ConfigAuditFailed } from "../audit/ConfigAudit.ts"
import { orUnavailable } from "../audit/orUnavailable.ts"
import { type JudgedRequest, type RuleRepository, RuleRepositoryUnavailable } from "./RuleRepository.ts"
import { lockJudged } from "./ruleRows.ts"

export const unreachable = orUnavailable((failure) => new RuleRepositoryUnavailable(failure))

/** Without what was seen, which no audit record holds. */
export const authorOf = ({ actor, correlationId, reason }: JudgedRequest): ChangeAuthor => ({
  actor,
  correlationId,
  reason
})

type Recorder = (...change: Parameters<typeof changeRecord>) => Effect.Effect<void, ConfigAuditFailed>

type HostPart = Pick<
  RuleRepository["Service"],
  | "developmentHosts"
  | "developmentHostsAfter"
  | "addDevelopmentHost"
  | "removeDevelopmentHost"
  | "teams"
  | "teamsAfter"
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
  const hostsOf = (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
    rows.pipe(
      Effect.flatMap((rows) => Effect.orDie(Hosts(rows))),
      Effect.map((rows) => rows.map(({ hostname }) => hostname)),
      unreachable
    )
  const teamsOf = (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
    rows.pipe(
      Effect.flatMap((rows) => Effect.orDie(Teams(rows))),
      Effect.map((rows) => rows.map(({ hostname, team_assignment }) => ({ hostname, team: team_assignment }))),
      unreachable
    )
  return {
    developmentHosts: hostsOf(sql`SELECT hostname FROM development_hosts ORDER BY hostname COLLATE "C"`),
    developmentHostsAfter: (hostname, most) =>
      hostsOf(sql`SELECT hostname FROM development_hosts WHERE hostname COLLATE "C" > ${hostname}
        ORDER BY hostname COLLATE "C" LIMIT ${most}`),
    addDevelopmentHost: (name, request) =>
      Effect.gen(function*() {
        yield* lockJudged(sql, request)
        const hostname = name.toLowerCase()
        const added = yield* sql`INSERT INTO development_hosts (hostname) VALUES (${hostname})
          ON CONFLICT DO NOTHING RETURNING hostname`
        if (added.length === 0) return yield* hostExists()
        yield* record("development_hosts", hostname, authorOf(request), null, { hostname })
      }).pipe(sql.withTransaction, unreachable),
    removeDevelopmentHost: (name, request) =>
      Effect.gen(function*() {
        yield* lockJudged(sql, request)
        const hostname = name.toLowerCase()
        const removed = yield* sql`DELETE FROM development_hosts WHERE hostname = ${hostname} RETURNING hostname`
        if (removed.length === 0) return yield* hostNotFound()
        yield* record("development_hosts", hostname, authorOf(request), { hostname }, null)
      }).pipe(sql.withTransaction, unreachable),
    teams: teamsOf(sql`SELECT hostname, team_assignment FROM device_teams ORDER BY hostname COLLATE "C"`),
    teamsAfter: (hostname, most) =>
      teamsOf(sql`SELECT hostname, team_assignment FROM device_teams WHERE hostname COLLATE "C" > ${hostname}
        ORDER BY hostname COLLATE "C" LIMIT ${most}`),
    addTeam: (name, team, request) =>
      Effect.gen(function*() {
        yield* lockJudged(sql, request)
        const after = { hostname: name.toLowerCase(), team_assignment: team }
        const added = yield* sql`INSERT INTO device_teams ${
          sql.insert(after)
        } ON CONFLICT DO NOTHING RETURNING hostname`
        if (added.length === 0) return yield* hostHasTeam()
        yield* record("device_teams", after.hostname, authorOf(request), null, after)
      }).pipe(sql.withTransaction, unreachable),
    updateTeam: (name, team, request) =>
      Effect.gen(function*() {
        yield* lockJudged(sql, request)
        const hostname = name.toLowerCase()
        const [before] = yield* Effect.flatMap(
          sql`SELECT hostname, team_assignment FROM device_teams WHERE hostname = ${hostname} FOR UPDATE`,
          (rows) => Effect.orDie(Teams(rows))
        )
        if (before === undefined) return yield* hostNotFound()
        yield* sql`UPDATE device_teams SET team_assignment = ${team} WHERE hostname = ${hostname}`
        yield* record("device_teams", hostname, authorOf(request), before, { hostname, team_assignment: team })
      }).pipe(sql.withTransaction, unreachable),
    removeTeam: (name, request) =>
      Effect.gen(function*() {
        yield* lockJudged(sql, request)
        const hostname = name.toLowerCase()
        const [before] = yield* Effect.flatMap(
          sql`DELETE FROM device_teams WHERE hostname = ${hostname} RETURNING hostname, team_assignment`,
          (rows) => Effect.orDie(Teams(rows))
        )
        if (before === undefined) return yield* hostNotFound()
        yield* record("device_teams", hostname, authorOf(request), before, null)
      }).pipe(sql.withTransaction, unreachable)
  }
}
