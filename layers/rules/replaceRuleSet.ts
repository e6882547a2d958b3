import { Array as Arr, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import { toNamedColumns, toRuleColumns } from "../../src/domain/Rule.ts"
import type { RuleSetFile } from "../../src/domain/RuleSetFile.ts"
import { versionStale } from "../../src/domain/SettingProblems.ts"
import { isEmptyPlan, type KeyedChange, planRuleSet, type RuleChange } from "../../src/logic/planRuleSet.ts"
import type { changeRecord } from "./changeRecord.ts"
import { type Recorder, unreachable } from "./hostQueries.ts"
import type { RuleSetReplaced } from "./RuleRepository.ts"
import { decodeRules, lockRules, presentVersion, ruleRowColumns } from "./ruleRows.ts"
import { readRuleSet } from "./ruleSetQueries.ts"

/** Rows of one statement. */
const most = 500

/** Makes rules, hosts, teams and tests what a file says, in one transaction. */
export const makeReplaceRuleSet = (sql: SqlClient.SqlClient, record: Recorder) => {
  const columns = sql.literal(ruleRowColumns)

  const remove = Effect.fnUntraced(function*(rules: ReadonlyArray<RuleChange>, author: ChangeAuthor) {
    for (const some of Arr.chunksOf(rules, most)) {
      const ids = some.map(({ id }) => id ?? 0)
      yield* sql`UPDATE alert_rules SET deleted_at = now() WHERE ${sql.in("id", ids)}`
    }
    for (const { before, id, name = "" } of rules) {
      if (before !== undefined) {
        yield* record("alert_rules", String(id), author, toNamedColumns({ ...before, name }), null)
      }
    }
  })

  const change = Effect.fnUntraced(function*({ after, before, id }: RuleChange, author: ChangeAuthor) {
    if (before === undefined || after === undefined) return
    yield* sql`UPDATE alert_rules SET ${sql.update(toRuleColumns(after))} WHERE id = ${id ?? 0}`
    yield* record("alert_rules", String(id), author, toRuleColumns(before), toRuleColumns(after))
  })

  /** Rules that were deleted come back with their numbers where these are known, others get new ones. */
  const add = Effect.fnUntraced(function*(rules: ReadonlyArray<RuleChange>, author: ChangeAuthor) {
    const added: Array<RuleChange> = []
    const fresh: Array<Record<string, string | number | boolean | null>> = []
    const note = Effect.fnUntraced(function*(rows: ReadonlyArray<unknown>) {
      for (const rule of yield* decodeRules(rows)) {
        yield* record("alert_rules", String(rule.id), author, null, toNamedColumns(rule))
        added.push({ id: rule.id, name: rule.name, after: rule })
      }
    })
    for (const { after, id, name } of rules) {
      if (after === undefined) continue
      const row = toRuleColumns(after)
      const revived = id === undefined || name === undefined ? [] : yield* sql`UPDATE alert_rules
        SET ${sql.update(toNamedColumns({ ...after, name }))}, deleted_at = NULL
        WHERE id = ${id} AND deleted_at IS NOT NULL RETURNING ${columns}`
      if (revived.length === 0) fresh.push({ ...row, name: name ?? null })
      else yield* note(revived)
    }
    for (const rows of Arr.chunksOf(fresh, most)) {
      yield* note(yield* sql`INSERT INTO alert_rules ${sql.insert(rows)} RETURNING ${columns}`)
    }
    return added
  })

  /** Hosts, teams or tests: rows of a key and, but for hosts, one more column. */
  const keyed = Effect.fnUntraced(function*(
    table: Parameters<typeof changeRecord>[0],
    changes: ReadonlyArray<KeyedChange>,
    row: (key: string, value: string) => Readonly<Record<string, string>>,
    statements: {
      readonly insert: (row: Readonly<Record<string, string>>) => Statement
      readonly update: (key: string, value: string) => Statement
      readonly remove: (key: string) => Statement
    },
    author: ChangeAuthor
  ) {
    for (const { after, before, key } of changes) {
      yield* after === undefined
        ? statements.remove(key)
        : before === undefined
        ? statements.insert(row(key, after))
        : statements.update(key, after)
      const values = (value: string | undefined) => value === undefined ? null : row(key, value)
      yield* record(table, key, author, values(before), values(after))
    }
  })

  const hosts = {
    insert: (row: Readonly<Record<string, string>>) => sql`INSERT INTO development_hosts ${sql.insert(row)}`,
    // A host has nothing that could change.
    update: () => sql`SELECT 1`,
    remove: (key: string) => sql`DELETE FROM development_hosts WHERE hostname = ${key}`
  }
  const teams = {
    insert: (row: Readonly<Record<string, string>>) => sql`INSERT INTO device_teams ${sql.insert(row)}`,
    update: (key: string, value: string) =>
      sql`UPDATE device_teams SET team_assignment = ${value} WHERE hostname = ${key}`,
    remove: (key: string) => sql`DELETE FROM device_teams WHERE hostname = ${key}`
  }
  const tests = {
    insert: (row: Readonly<Record<string, string>>) => sql`INSERT INTO rule_tests ${sql.insert(row)}`,
    update: (key: string, value: string) => sql`UPDATE rule_tests SET test = ${value} WHERE name = ${key}`,
    remove: (key: string) => sql`DELETE FROM rule_tests WHERE name = ${key}`
  }

  return (wanted: RuleSetFile, seen: number, author: ChangeAuthor) =>
    Effect.gen(function*() {
      const version = yield* lockRules(sql)
      const stale = versionStale({ ifVersion: seen }, { epoch: "", version, newest: version })
      if (stale !== undefined) return yield* stale
      const plan = planRuleSet(yield* readRuleSet(sql, version), wanted)
      if (isEmptyPlan(plan)) return { ...plan, version } satisfies RuleSetReplaced

      const gone = plan.rules.filter(({ after }) => after === undefined)
      const changed = plan.rules.filter(({ after, before }) => before !== undefined && after !== undefined)
      const come = plan.rules.filter(({ before }) => before === undefined)
      // A name of a rule that goes may be that of one that comes.
      yield* remove(gone, author)
      for (const one of changed) yield* change(one, author)
      const added = yield* add(come, author)
      yield* keyed("development_hosts", plan.developmentHosts, (hostname) => ({ hostname }), hosts, author)
      yield* keyed(
        "device_teams",
        plan.teams,
        (hostname, team_assignment) => ({ hostname, team_assignment }),
        teams,
        author
      )
      yield* keyed("rule_tests", plan.tests, (name, test) => ({ name, test }), tests, author)
      const replaced: RuleSetReplaced = {
        ...plan,
        rules: [...gone, ...changed, ...added],
        version: yield* presentVersion(sql)
      }
      return replaced
    }).pipe(sql.withTransaction, unreachable)
}

type Statement = Effect.Effect<unknown, SqlError.SqlError>
