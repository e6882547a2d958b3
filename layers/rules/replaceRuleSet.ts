import { Array as Arr, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { AuditedChange } from "../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import { toNamedColumns, toRuleColumns } from "../../src/domain/Rule.ts"
import type { RuleSetFile } from "../../src/domain/RuleSetFile.ts"
import { versionStale } from "../../src/domain/SettingProblems.ts"
import { isEmptyPlan, type KeyedChange, planRuleSet, type RuleChange } from "../../src/logic/planRuleSet.ts"
import { changeRecord } from "../audit/changeRecord.ts"
import type { ConfigAudit } from "../audit/ConfigAudit.ts"
import { unreachable } from "./hostQueries.ts"
import type { RuleSetReplaced } from "./RuleRepository.ts"
import { decodeRules, lockRules, presentVersion, ruleRowColumns } from "./ruleRows.ts"
import { readRuleSet } from "./ruleSetQueries.ts"

/** Rows of one statement. */
const most = 500

/** Makes rules, hosts, teams and tests what a file says, in one transaction. */
export const makeReplaceRuleSet = (sql: SqlClient.SqlClient, audit: ConfigAudit["Service"]) => {
  const columns = sql.literal(ruleRowColumns)
  const rows = (some: ReadonlyArray<object>) => sql`json_to_recordset(${JSON.stringify(some)}::text::json)`
  const inPieces = <A>(all: ReadonlyArray<A>, statement: (some: Arr.NonEmptyArray<A>) => Statement) =>
    Effect.forEach(Arr.chunksOf(all, most), statement, { discard: true })

  const remove = (rules: ReadonlyArray<RuleChange>) =>
    inPieces(
      rules,
      (some) =>
        sql`UPDATE alert_rules SET deleted_at = now() FROM ${rows(some.map(({ id }) => ({ id })))} AS gone (id int)
        WHERE alert_rules.id = gone.id`
    )

  const change = (rules: ReadonlyArray<RuleChange>) =>
    inPieces(
      rules.flatMap(({ after, id }) => after === undefined ? [] : [{ id, ...toRuleColumns(after) }]),
      (some) =>
        sql`UPDATE alert_rules SET match_type = wanted.match_type, match_string = wanted.match_string,
          trap_oid = wanted.trap_oid, syslog_severity = wanted.syslog_severity, priority = wanted.priority,
          prod_handling = wanted.prod_handling, dev_handling = wanted.dev_handling,
          team_assignment = wanted.team_assignment, is_active = wanted.is_active
        FROM ${rows(some)} AS wanted (id int, match_type text, match_string text, trap_oid text, syslog_severity int,
          priority int, prod_handling text, dev_handling text, team_assignment text, is_active boolean)
        WHERE alert_rules.id = wanted.id`
    )

  /** Rules that were deleted come back with their numbers where these are known, others get new ones. */
  const add = Effect.fnUntraced(function*(rules: ReadonlyArray<RuleChange>) {
    const added: Array<RuleChange> = []
    const fresh: Array<Record<string, string | number | boolean | null>> = []
    const note = Effect.fnUntraced(function*(found: ReadonlyArray<unknown>) {
      for (const rule of yield* decodeRules(found)) added.push({ id: rule.id, name: rule.name, after: rule })
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
    for (const some of Arr.chunksOf(fresh, most)) {
      yield* note(yield* sql`INSERT INTO alert_rules ${sql.insert(some)} RETURNING ${columns}`)
    }
    return added
  })

  const hosts = (changes: ReadonlyArray<KeyedChange>) =>
    Effect.forEach(changes, ({ after, key }) =>
      after === undefined
        ? sql`DELETE FROM development_hosts WHERE hostname = ${key}`
        : sql`INSERT INTO development_hosts ${sql.insert({ hostname: key })}`, { discard: true })
  const teams = (changes: ReadonlyArray<KeyedChange>) =>
    Effect.forEach(changes, ({ after, before, key }) => {
      if (after === undefined) return sql`DELETE FROM device_teams WHERE hostname = ${key}`
      return before === undefined
        ? sql`INSERT INTO device_teams ${sql.insert({ hostname: key, team_assignment: after })}`
        : sql`UPDATE device_teams SET team_assignment = ${after} WHERE hostname = ${key}`
    }, { discard: true })
  const tests = (changes: ReadonlyArray<KeyedChange>) =>
    Effect.forEach(changes, ({ after, before, key }) => {
      if (after === undefined) return sql`DELETE FROM rule_tests WHERE name = ${key}`
      return before === undefined
        ? sql`INSERT INTO rule_tests ${sql.insert({ name: key, test: after })}`
        : sql`UPDATE rule_tests SET test = ${after} WHERE name = ${key}`
    }, { discard: true })

  return (wanted: RuleSetFile, seen: number, author: ChangeAuthor) =>
    Effect.gen(function*() {
      const version = yield* lockRules(sql)
      const stale = versionStale({ ifVersion: seen }, { epoch: "", version, newest: version })
      if (stale !== undefined) return yield* stale
      const plan = planRuleSet(yield* readRuleSet(sql, version), wanted)
      if (isEmptyPlan(plan)) return { ...plan, version } satisfies RuleSetReplaced

      const gone = plan.rules.filter(({ after }) => after === undefined)
      const changed = plan.rules.filter(({ after, before }) => before !== undefined && after !== undefined)
      // A name of a rule that goes may be that of one that comes.
      yield* remove(gone)
      yield* change(changed)
      const added = yield* add(plan.rules.filter(({ before }) => before === undefined))
      yield* hosts(plan.developmentHosts)
      yield* teams(plan.teams)
      yield* tests(plan.tests)
      const replaced: RuleSetReplaced = {
        ...plan,
        rules: [...gone, ...changed, ...added],
        version: yield* presentVersion(sql)
      }
      yield* audit.recordAll(recordsOf(replaced, author))
      return replaced
    }).pipe(sql.withTransaction, unreachable)
}

type Statement = Effect.Effect<unknown, SqlError.SqlError>

/** One audit record for each rule, host, team and test that differs. */
export const recordsOf = (done: RuleSetReplaced, author: ChangeAuthor): ReadonlyArray<AuditedChange> => [
  ...done.rules.map(({ after, before, id, name = "" }) => {
    // A name never changes so, and is told only where a rule comes or goes.
    const values = (rule: typeof after) => {
      if (rule === undefined) return null
      return before !== undefined && after !== undefined ? toRuleColumns(rule) : toNamedColumns({ ...rule, name })
    }
    return changeRecord("alert_rules", String(id), author, values(before), values(after))
  }),
  ...keyedRecords("development_hosts", done.developmentHosts, author, (hostname) => ({ hostname })),
  ...keyedRecords("device_teams", done.teams, author, (hostname, team_assignment) => ({ hostname, team_assignment })),
  ...keyedRecords("rule_tests", done.tests, author, (name, test) => ({ name, test }))
]

const keyedRecords = (
  table: Parameters<typeof changeRecord>[0],
  changes: ReadonlyArray<KeyedChange>,
  author: ChangeAuthor,
  row: (key: string, value: string) => Readonly<Record<string, string>>
) =>
  changes.map(({ after, before, key }) => {
    const values = (value: string | undefined) => value === undefined ? null : row(key, value)
    return changeRecord(table, key, author, values(before), values(after))
  })
