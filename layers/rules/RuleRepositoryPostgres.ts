import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import { type RuleDraft, StoredRule, storedRuleColumns, toRuleColumns } from "../../src/domain/Rule.ts"
import { ruleNotFound } from "../../src/domain/RuleProblems.ts"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { IsoTime } from "../postgres/isoTime.ts"
import { changeRecord } from "./changeRecord.ts"
import { hostQueries, unreachable } from "./hostQueries.ts"
import { RuleRepository } from "./RuleRepository.ts"

const Row = Schema.Struct({ ...StoredRule.fields, createdAt: IsoTime, updatedAt: IsoTime }).pipe(
  Schema.encodeKeys(storedRuleColumns)
)
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))
const decodeRules = (rows: unknown) => Effect.orDie(decodeRows(rows))

/** Keeps `alert_rules`, `development_hosts` and `device_teams`; a change and its audit record are one transaction. */
export const RuleRepositoryPostgres = Layer.effect(
  RuleRepository,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const audit = yield* ConfigAudit
    const record = (...parts: Parameters<typeof changeRecord>) => audit.record(changeRecord(...parts))
    const columns = sql.literal(Object.values(storedRuleColumns).join(", "))

    const first = (rules: ReadonlyArray<StoredRule>) => {
      const [rule] = rules
      return rule === undefined ? Effect.fail(ruleNotFound()) : Effect.succeed(rule)
    }
    const read = (id: number, lock = "") =>
      isId(id)
        ? sql`SELECT ${columns} FROM alert_rules WHERE id = ${id} AND deleted_at IS NULL ${sql.literal(lock)}`.pipe(
          Effect.flatMap(decodeRules),
          Effect.flatMap(first)
        )
        : Effect.fail(ruleNotFound())

    const createRule = (draft: RuleDraft, author: ChangeAuthor) =>
      Effect.gen(function*() {
        const rules = yield* Effect.flatMap(
          sql`INSERT INTO alert_rules ${sql.insert(toRuleColumns(draft))} RETURNING ${columns}`,
          decodeRules
        )
        const rule = yield* Effect.orDie(first(rules))
        yield* record("alert_rules", String(rule.id), author, null, toRuleColumns(rule))
        return rule
      }).pipe(sql.withTransaction)

    const updateRule = <E>(id: number, edit: (rule: StoredRule) => Effect.Effect<RuleDraft, E>, author: ChangeAuthor) =>
      Effect.gen(function*() {
        const before = yield* read(id, "FOR UPDATE")
        const draft = yield* edit(before)
        const after = yield* sql`UPDATE alert_rules SET ${sql.update(toRuleColumns(draft))} WHERE id = ${id}
          RETURNING ${columns}`.pipe(Effect.flatMap(decodeRules), Effect.flatMap(first))
        yield* record("alert_rules", String(id), author, toRuleColumns(before), toRuleColumns(after))
        return after
      }).pipe(sql.withTransaction)

    const deleteRule = (id: number, author: ChangeAuthor) =>
      Effect.gen(function*() {
        const before = yield* read(id, "FOR UPDATE")
        yield* sql`UPDATE alert_rules SET deleted_at = now() WHERE id = ${id}`
        yield* record("alert_rules", String(id), author, toRuleColumns(before), null)
      }).pipe(sql.withTransaction)

    return RuleRepository.of({
      rules: sql`SELECT ${columns} FROM alert_rules WHERE deleted_at IS NULL ORDER BY priority, id`.pipe(
        Effect.flatMap(decodeRules),
        unreachable
      ),
      rule: (id) => unreachable(read(id)),
      createRule: (draft, author) => unreachable(createRule(draft, author)),
      updateRule: (id, edit, author) => unreachable(updateRule(id, edit, author)),
      deleteRule: (id, author) => unreachable(deleteRule(id, author)),
      ...hostQueries(sql, record)
    })
  })
)

const isId = (id: number): boolean => Number.isInteger(id) && id > 0 && id <= 2_147_483_647
