import { Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { StoredRuleSet } from "../../src/domain/RuleSetFile.ts"
import { VersionUnknown } from "../../src/domain/SettingProblems.ts"
import { IsoTime } from "../postgres/isoTime.ts"
import { unreachable } from "./hostQueries.ts"
import type { RuleRepository } from "./RuleRepository.ts"
import { decodeRules, presentVersion, ruleRowColumns } from "./ruleRows.ts"

const decodeHosts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ hostname: Schema.String })))
const decodeTeams = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ hostname: Schema.String, team: Schema.String }))
)
const decodeTests = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ name: Schema.String, test: Schema.String }))
)
const decodeVersions = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  version: Schema.FiniteFromString,
  changedAt: IsoTime,
  changedBy: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  correlationId: Schema.NullOr(Schema.String),
  changes: Schema.Int
})))

/** Everything as it was at a version. A version never changes, so that several statements see one state of it. */
export const readRuleSet = (
  sql: SqlClient.SqlClient,
  version: number
): Effect.Effect<StoredRuleSet, SqlError.SqlError> => {
  const then = sql`from_version <= ${version} AND (to_version IS NULL OR to_version > ${version})`
  return Effect.all({
    version: Effect.succeed(version),
    rules: sql`SELECT ${sql.literal(ruleRowColumns)} FROM alert_rules_history WHERE ${then} ORDER BY priority, id`.pipe(
      Effect.flatMap(decodeRules)
    ),
    developmentHosts: sql`SELECT hostname FROM development_hosts_history WHERE ${then}
      ORDER BY hostname COLLATE "C"`.pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeHosts(rows))),
      Effect.map((rows) => rows.map(({ hostname }) => hostname))
    ),
    teams: sql`SELECT hostname, team_assignment AS team FROM device_teams_history WHERE ${then}
      ORDER BY hostname COLLATE "C"`.pipe(Effect.flatMap((rows) => Effect.orDie(decodeTeams(rows)))),
    tests: sql`SELECT name, test FROM rule_tests_history WHERE ${then} ORDER BY name COLLATE "C"`.pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeTests(rows)))
    )
  })
}

type VersionPart = Pick<RuleRepository["Service"], "ruleSet" | "ruleSetAt" | "versions">

/** Queries rules, hosts, teams and tests as they are and as they were. */
export const ruleSetQueries = (sql: SqlClient.SqlClient): VersionPart => ({
  ruleSet: unreachable(Effect.flatMap(presentVersion(sql), (version) => readRuleSet(sql, version))),
  ruleSetAt: (version) =>
    Effect.gen(function*() {
      const found = yield* sql`SELECT 1 FROM rule_versions WHERE version = ${version}`
      return found.length === 0 ? yield* versionUnknown(version) : yield* readRuleSet(sql, version)
    }).pipe(unreachable),
  versions: (limit, before = Number.MAX_SAFE_INTEGER) =>
    sql`SELECT version::text, rule_versions.changed_at AS "changedAt", changed_by AS "changedBy", reason,
        correlation_id AS "correlationId", coalesce(last_link - first_link + 1, 0)::int AS changes
      FROM rule_versions LEFT JOIN config_audit_log ON config_audit_log.id = first_link
      WHERE version < ${before} ORDER BY rule_versions.version DESC LIMIT ${limit}`.pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeVersions(rows))),
      unreachable
    )
})

export const versionUnknown = (version: number) =>
  new VersionUnknown({ detail: `There is no version ${version} of the rules.` })
