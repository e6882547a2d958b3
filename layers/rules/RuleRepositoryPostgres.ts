import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import { type StoredRule, toNamedColumns, toRuleColumns, type WantedRule } from "../../src/domain/Rule.ts"
import { ruleNameTaken, ruleNotFound } from "../../src/domain/RuleProblems.ts"
import { versionStale } from "../../src/domain/SettingProblems.ts"
import { changeRecord } from "../audit/changeRecord.ts"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { hostQueries, unreachable } from "./hostQueries.ts"
import { makeReplaceRuleSet } from "./replaceRuleSet.ts"
import { RuleRepository, type RuleRequest } from "./RuleRepository.ts"
import { decodeRules, lockRules, ruleRowColumns } from "./ruleRows.ts"
import { ruleSetQueries } from "./ruleSetQueries.ts"

/** Keeps rules, hosts, teams and tests in PostgreSQL; a change and its audit record are one transaction. */
export const RuleRepositoryPostgres = Layer.effect(
  RuleRepository,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const audit = yield* ConfigAudit
    const record = (...parts: Parameters<typeof changeRecord>) => audit.record(changeRecord(...parts))
    const columns = sql.literal(ruleRowColumns)

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

    const freeName = Effect.fnUntraced(function*(name: string, id = 0) {
      const [other] = yield* sql<{ readonly id: number }>`SELECT id FROM alert_rules
        WHERE name = ${name} AND id <> ${id} AND deleted_at IS NULL`
      if (other !== undefined) return yield* ruleNameTaken(name, other.id)
    })

    const createRule = (draft: WantedRule, author: ChangeAuthor) =>
      Effect.gen(function*() {
        yield* lockRules(sql)
        if (draft.name !== undefined) yield* freeName(draft.name)
        // The database names a rule that has no name.
        const row = { ...toRuleColumns(draft), name: draft.name ?? null }
        const rules = yield* Effect.flatMap(
          sql`INSERT INTO alert_rules ${sql.insert(row)} RETURNING ${columns}`,
          decodeRules
        )
        const rule = yield* Effect.orDie(first(rules))
        yield* record("alert_rules", String(rule.id), author, null, toNamedColumns(rule))
        return rule
      }).pipe(sql.withTransaction)

    /** Locks the rules, and reads one that is as the writer saw it. */
    const readSeen = Effect.fnUntraced(function*(id: number, request: RuleRequest) {
      const newest = yield* lockRules(sql)
      const rule = yield* read(id, "FOR UPDATE")
      const stale = versionStale(request, { epoch: "", version: rule.version, newest })
      return stale === undefined ? rule : yield* stale
    })

    const updateRule = <E>(
      id: number,
      edit: (rule: StoredRule) => Effect.Effect<WantedRule, E>,
      request: RuleRequest
    ) =>
      Effect.gen(function*() {
        const before = yield* readSeen(id, request)
        const draft = yield* edit(before)
        const { name = before.name } = draft
        if (name !== before.name) yield* freeName(name, id)
        const after = yield* sql`UPDATE alert_rules SET ${
          sql.update(toNamedColumns({ ...draft, name }))
        } WHERE id = ${id}
          RETURNING ${columns}`.pipe(Effect.flatMap(decodeRules), Effect.flatMap(first))
        yield* record("alert_rules", String(id), authorOf(request), toNamedColumns(before), toNamedColumns(after))
        return after
      }).pipe(sql.withTransaction)

    const deleteRule = (id: number, request: RuleRequest) =>
      Effect.gen(function*() {
        const before = yield* readSeen(id, request)
        yield* sql`UPDATE alert_rules SET deleted_at = now() WHERE id = ${id}`
        yield* record("alert_rules", String(id), authorOf(request), toNamedColumns(before), null)
      }).pipe(sql.withTransaction)

    return RuleRepository.of({
      rules: sql`SELECT ${columns} FROM alert_rules WHERE deleted_at IS NULL ORDER BY priority, id`.pipe(
        Effect.flatMap(decodeRules),
        unreachable
      ),
      rule: (id) => unreachable(read(id)),
      createRule: (draft, author) => unreachable(createRule(draft, author)),
      updateRule: (id, edit, request) => unreachable(updateRule(id, edit, request)),
      deleteRule: (id, request) => unreachable(deleteRule(id, request)),
      ...hostQueries(sql, record),
      ...ruleSetQueries(sql),
      replaceRuleSet: makeReplaceRuleSet(sql, audit)
    })
  })
)

/** Without what was seen, which no audit record holds. */
const authorOf = ({ actor, correlationId, reason }: RuleRequest): ChangeAuthor => ({ actor, correlationId, reason })

const isId = (id: number): boolean => Number.isInteger(id) && id > 0 && id <= 2_147_483_647
