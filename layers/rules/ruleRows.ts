import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { StoredRule, storedRuleColumns } from "../../src/domain/Rule.ts"
import { IsoTime } from "../postgres/isoTime.ts"
import { type JudgedRequest, RulesMoved } from "./RuleRepository.ts"

const Row = Schema.Struct({
  ...StoredRule.fields,
  version: Schema.FiniteFromString,
  createdAt: IsoTime,
  updatedAt: IsoTime
}).pipe(Schema.encodeKeys(storedRuleColumns))

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

/** Rows of `alert_rules` or of its history. */
export const decodeRules = (rows: unknown) => Effect.orDie(decodeRows(rows))

export const ruleRowColumns = Object.values({ ...storedRuleColumns, version: "version::text AS version" }).join(", ")

const decodeVersion = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ version: Schema.FiniteFromString })]))

/** The newest version of rules, hosts, teams and tests. */
export const presentVersion = (sql: SqlClient.SqlClient) =>
  sql`SELECT version::text FROM rules_version`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decodeVersion(rows))),
    Effect.map(([{ version }]) => version)
  )

/** Waits for whoever else changes rules, until this transaction ends; answers the newest version. */
export const lockRules = (sql: SqlClient.SqlClient) =>
  sql`SELECT lock_rules()::text AS version`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decodeVersion(rows))),
    Effect.map(([{ version }]) => version)
  )

/** The same for a change that was judged: fails when the rules are not those any more. */
export const lockJudged = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, { judgedAt }: JudgedRequest) {
  const version = yield* lockRules(sql)
  return judgedAt === undefined || judgedAt === version ? version : yield* new RulesMoved({ version })
})
