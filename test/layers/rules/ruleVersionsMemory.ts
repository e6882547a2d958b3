import { Effect } from "effect"
import type { changeRecord } from "../../../layers/audit/changeRecord.ts"
import type { RuleRepositoryUnavailable, RuleSetReplaced } from "../../../layers/rules/RuleRepository.ts"
import type { AuditedValues } from "../../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import { type StoredRule, toNamedColumns, toRuleColumns, type WantedRule } from "../../../src/domain/Rule.ts"
import type { RuleSetFile, RuleVersion, StoredRuleSet } from "../../../src/domain/RuleSetFile.ts"
import { versionStale } from "../../../src/domain/SettingProblems.ts"
import { isEmptyPlan, type KeyedChange, planRuleSet, type RuleChange } from "../../../src/logic/planRuleSet.ts"

/** Keeps what `look` shows at each version. */
export const makeVersionsMemory = (look: () => Omit<StoredRuleSet, "version">) => {
  const kept: Array<StoredRuleSet & { readonly by: Omit<RuleVersion, "version"> }> = []
  const nobody = {
    changedAt: "1970-01-01T00:00:00.000Z",
    changedBy: null,
    reason: null,
    correlationId: null,
    changes: 0
  }
  kept.push({ ...look(), version: 1, by: nobody })
  const newest = () => kept.length
  return {
    newest,
    present: (): StoredRuleSet => ({ ...look(), version: newest() }),
    at: (version: number): StoredRuleSet | undefined => {
      const found = kept[version - 1]
      if (found === undefined) return undefined
      const { by: _by, ...set } = found
      return set
    },
    list: (limit: number, before = Infinity): ReadonlyArray<RuleVersion> =>
      kept.filter(({ version }) => version < before).reverse().slice(0, limit)
        .map(({ by, version }) => Object.assign({ version }, by)),
    commit: ({ actor, changedAt, changes, correlationId, reason }: ChangeAuthor & {
      readonly changedAt: string
      readonly changes: number
    }) =>
      void kept.push({
        ...look(),
        version: newest() + 1,
        by: { changedAt, changedBy: actor, reason, correlationId, changes }
      })
  }
}

interface Hands {
  readonly versions: ReturnType<typeof makeVersionsMemory>
  readonly rules: Map<number, StoredRule>
  readonly hosts: Map<string, AuditedValues>
  readonly teams: Map<string, AuditedValues>
  readonly tests: Map<string, string>
  readonly record: (
    ...parts: Parameters<typeof changeRecord>
  ) => Effect.Effect<void, RuleRepositoryUnavailable>
  readonly store: (rule: WantedRule & { readonly name: string }, id: number) => Effect.Effect<StoredRule>
  readonly add: (
    rule: WantedRule,
    author: ChangeAuthor,
    id?: number
  ) => Effect.Effect<StoredRule, RuleRepositoryUnavailable>
  readonly committed: (author: ChangeAuthor, changes: number) => Effect.Effect<void>
}

/** What `replaceRuleSet` does, upon maps. */
export const replaceInMemory = Effect.fnUntraced(
  function*(hands: Hands, wanted: RuleSetFile, seen: number, author: ChangeAuthor) {
    const { add, committed, record, rules, store, versions } = hands
    const version = versions.newest()
    const stale = versionStale({ ifVersion: seen }, { epoch: "", version, newest: version })
    if (stale !== undefined) return yield* stale
    const plan = planRuleSet(versions.present(), wanted)
    if (isEmptyPlan(plan)) return { ...plan, version } satisfies RuleSetReplaced
    const added: Array<RuleChange> = []
    const others: Array<RuleChange> = []
    for (const one of plan.rules) {
      const { after, before, id = 0, name = "" } = one
      if (before !== undefined && after !== undefined) {
        yield* record("alert_rules", String(id), author, toRuleColumns(before), toRuleColumns(after))
        yield* store({ ...after, name }, id)
      } else if (before !== undefined) {
        yield* record("alert_rules", String(id), author, toNamedColumns({ ...before, name }), null)
        rules.delete(id)
      }
      if (before !== undefined) others.push(one)
    }
    for (const { after, before, id, name } of plan.rules) {
      if (before !== undefined || after === undefined) continue
      const rule = yield* add({ ...after, name }, author, id)
      added.push({ id: rule.id, name: rule.name, after: rule })
    }
    const keyed = Effect.fnUntraced(function*(
      table: Parameters<typeof changeRecord>[0],
      changes: ReadonlyArray<KeyedChange>,
      row: (key: string, value: string) => AuditedValues,
      set: (key: string, value: string | undefined) => void
    ) {
      for (const { after, before, key } of changes) {
        const values = (value: string | undefined) => value === undefined ? null : row(key, value)
        yield* record(table, key, author, values(before), values(after))
        set(key, after)
      }
    })
    const into = <A>(map: Map<string, A>, of: (key: string, value: string) => A) =>
    (
      key: string,
      value: string | undefined
    ) => void (value === undefined ? map.delete(key) : map.set(key, of(key, value)))
    const host = (hostname: string) => ({ hostname })
    const team = (hostname: string, team_assignment: string) => ({ hostname, team_assignment })
    yield* keyed("development_hosts", plan.developmentHosts, host, into(hands.hosts, host))
    yield* keyed("device_teams", plan.teams, team, into(hands.teams, team))
    yield* keyed(
      "rule_tests",
      plan.tests,
      (name, test) => ({ name, test }),
      into(hands.tests, (_name, test) => test)
    )
    const { developmentHosts, teams, tests } = plan
    yield* committed(author, plan.rules.length + developmentHosts.length + teams.length + tests.length)
    return { ...plan, rules: [...others, ...added], version: versions.newest() } satisfies RuleSetReplaced
  }
)
