import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Handling, MatchType } from "../../src/domain/Rule.ts"
import { Severity } from "../../src/domain/Severity.ts"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { changeRecord, ruleValues } from "./changeRecord.ts"
import { hostQueries } from "./hostQueries.ts"
import { type Change, type RuleDraft, RuleNotFound, RuleRepository, type StoredRule } from "./RuleRepository.ts"
import { unreachable } from "./unreachable.ts"

const Row = Schema.Struct({
  id: Schema.Int,
  match_type: MatchType,
  match_string: Schema.NullOr(Schema.String),
  trap_oid: Schema.NullOr(Schema.String),
  syslog_severity: Schema.NullOr(Severity),
  priority: Schema.Int,
  prod_handling: Handling,
  dev_handling: Handling,
  team_assignment: Schema.String,
  is_active: Schema.Boolean,
  created_at: Schema.Date,
  updated_at: Schema.Date
})

const decodeRules = (rows: unknown) =>
  Schema.decodeUnknownEffect(Schema.Array(Row))(rows).pipe(Effect.map((rules) => rules.map(stored)), Effect.orDie)

/** `alert_rules`, `development_hosts` and `device_teams`, each change with its record in one transaction. */
export const RuleRepositoryPostgres = Layer.effect(
  RuleRepository,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const audit = yield* ConfigAudit
    const record = (...parts: Parameters<typeof changeRecord>) => audit.record(changeRecord(...parts))
    const columns = sql`id, match_type, match_string, trap_oid, syslog_severity, priority, prod_handling, dev_handling,
      team_assignment, is_active, created_at, updated_at`

    const first = (id: number) => (rules: ReadonlyArray<StoredRule>) => {
      const [rule] = rules
      return rule === undefined ? Effect.fail(new RuleNotFound({ id })) : Effect.succeed(rule)
    }
    const locked = (id: number) =>
      isId(id)
        ? sql`SELECT ${columns} FROM alert_rules WHERE id = ${id} AND deleted_at IS NULL FOR UPDATE`.pipe(
          Effect.flatMap(decodeRules),
          Effect.flatMap(first(id))
        )
        : Effect.fail(new RuleNotFound({ id }))

    const createRule = (draft: RuleDraft, change: Change) =>
      Effect.gen(function*() {
        const rules = yield* Effect.flatMap(
          sql`INSERT INTO alert_rules ${sql.insert(columnsOf(draft))} RETURNING ${columns}`,
          decodeRules
        )
        const rule = yield* Effect.orDie(first(0)(rules))
        yield* record("alert_rules", String(rule.id), change, null, ruleValues(rule))
        return rule
      }).pipe(sql.withTransaction)

    const updateRule = <E>(id: number, edit: (rule: StoredRule) => Effect.Effect<RuleDraft, E>, change: Change) =>
      Effect.gen(function*() {
        const before = yield* locked(id)
        const draft = yield* edit(before)
        const after = yield* sql`UPDATE alert_rules SET ${sql.update(columnsOf(draft))} WHERE id = ${id}
          RETURNING ${columns}`.pipe(Effect.flatMap(decodeRules), Effect.flatMap(first(id)))
        yield* record("alert_rules", String(id), change, ruleValues(before), ruleValues(after))
        return after
      }).pipe(sql.withTransaction)

    const deleteRule = (id: number, change: Change) =>
      Effect.gen(function*() {
        const before = yield* locked(id)
        yield* sql`UPDATE alert_rules SET deleted_at = now() WHERE id = ${id}`
        yield* record("alert_rules", String(id), change, ruleValues(before), null)
      }).pipe(sql.withTransaction)

    return RuleRepository.of({
      rules: sql`SELECT ${columns} FROM alert_rules WHERE deleted_at IS NULL ORDER BY priority, id`.pipe(
        Effect.flatMap(decodeRules),
        unreachable
      ),
      rule: (id) =>
        isId(id)
          ? sql`SELECT ${columns} FROM alert_rules WHERE id = ${id} AND deleted_at IS NULL`.pipe(
            Effect.flatMap(decodeRules),
            Effect.flatMap(first(id)),
            unreachable
          )
          : Effect.fail(new RuleNotFound({ id })),
      createRule: (draft, change) => unreachable(createRule(draft, change)),
      updateRule: (id, edit, change) => unreachable(updateRule(id, edit, change)),
      deleteRule: (id, change) => unreachable(deleteRule(id, change)),
      ...hostQueries(sql, record)
    })
  })
)

const isId = (id: number): boolean => Number.isInteger(id) && id > 0 && id <= 2_147_483_647

const columnsOf = (draft: RuleDraft) => ({
  match_type: draft.matchType,
  match_string: draft.matchString,
  trap_oid: draft.trapOid,
  syslog_severity: draft.syslogSeverity,
  priority: draft.priority,
  prod_handling: draft.prodHandling,
  dev_handling: draft.devHandling,
  team_assignment: draft.teamAssignment,
  is_active: draft.isActive
})

const stored = (row: typeof Row.Type): StoredRule => ({
  id: row.id,
  matchType: row.match_type,
  matchString: row.match_string,
  trapOid: row.trap_oid,
  syslogSeverity: row.syslog_severity,
  priority: row.priority,
  prodHandling: row.prod_handling,
  devHandling: row.dev_handling,
  teamAssignment: row.team_assignment,
  isActive: row.is_active,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString()
})
