import { Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { type CalledRule, Rule, ruleColumns } from "../../src/domain/Rule.ts"
import { RuleSource, RuleSourceUnavailable } from "./RuleSource.ts"

const Version = Schema.Struct({ version: Schema.FiniteFromString })

/** The answer of one statement, which sees one state of the database. */
const Everything = Schema.Struct({
  version: Schema.FiniteFromString,
  rules: Schema.Array(Schema.Unknown),
  hosts: Schema.Array(Schema.String),
  teams: Schema.Array(Schema.Struct({ hostname: Schema.String, team: Schema.String }))
})

const decodeVersion = Schema.decodeUnknownEffect(Schema.Tuple([Version]))
const decodeEverything = Schema.decodeUnknownEffect(Schema.Tuple([Everything]))
const decodeRules = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ...Rule.fields, name: Schema.String })))

const fields = Object.entries({ id: "id", name: "name", ...ruleColumns }).map(([field, column]) =>
  `'${field}', ${column}`
).join(", ")

/** Rules decoded before the event loop gets its turn. */
const slice = 250

/** Reads active rules, `development_hosts`, `device_teams` and their common version. */
export const RuleSourcePostgres = Layer.effect(
  RuleSource,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const version = sql`SELECT version::text FROM rules_version`.pipe(
      Effect.flatMap(decodeVersion),
      Effect.map(([row]) => row.version),
      unavailable
    )

    const everything = sql`SELECT
        (SELECT version::text FROM rules_version) AS version,
        (SELECT coalesce(json_agg(json_build_object(${sql.literal(fields)}) ORDER BY priority, id), '[]')
          FROM alert_rules WHERE deleted_at IS NULL AND is_active) AS rules,
        (SELECT coalesce(json_agg(hostname), '[]') FROM development_hosts) AS hosts,
        (SELECT coalesce(json_agg(json_build_object('hostname', hostname, 'team', team_assignment)), '[]')
          FROM device_teams) AS teams`

    const load = Effect.gen(function*() {
      const [found] = yield* Effect.flatMap(everything, decodeEverything)
      const rules: Array<CalledRule> = []
      for (let from = 0; from < found.rules.length; from += slice) {
        rules.push(...(yield* decodeRules(found.rules.slice(from, from + slice))))
        yield* Effect.yieldNow
      }
      return { version: found.version, rules, developmentHosts: found.hosts, deviceTeams: found.teams }
    }).pipe(unavailable)

    return RuleSource.of({ version, load })
  })
)

/** Fails for rows that do not decode too: the rules in use stay in use. */
const unavailable = <A, R>(
  effect: Effect.Effect<A, SqlError.SqlError | Schema.SchemaError, R>
): Effect.Effect<A, RuleSourceUnavailable, R> =>
  Effect.mapError(
    effect,
    (error) =>
      new RuleSourceUnavailable({ detail: error._tag === "SqlError" ? error.reason._tag : error.message.slice(0, 500) })
  )
