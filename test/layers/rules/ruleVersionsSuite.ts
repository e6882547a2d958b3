import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { seeded } from "../../../scripts/bench/Random.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { StoredRule, WantedRule } from "../../../src/domain/Rule.ts"
import type { StoredRuleSet } from "../../../src/domain/RuleSetFile.ts"

const draft = (matchString: string, name?: string): WantedRule => ({
  name,
  matchType: "contains",
  matchString,
  trapOid: null,
  syslogSeverity: null,
  priority: 50,
  prodHandling: "Page_and_ticket",
  devHandling: "Ignore",
  teamAssignment: "NetOps",
  isActive: true
})

const change = (correlationId: string, reason: string | null = null): ChangeAuthor => ({
  actor: "noc",
  reason,
  correlationId
})

/** What rules with names and versions promise, whatever they are kept in. The tests go on from each other. */
export const ruleVersionsSuite = <E>(name: string, fresh: Layer.Layer<RuleRepository | ConfigAudit, E>) =>
  layer(fresh, { excludeTestServices: true })(name, (it) => {
    const recorded = (correlationId: string) =>
      ConfigAudit.use((audit) => audit.search({ limit: 200, correlationId })).pipe(
        Effect.map(({ rows }) => rows.map(({ key, operation, table }) => `${operation} ${table} ${key}`).sort())
      )

    it.effect("call a rule by its number until somebody names it, and no two alike", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const unnamed = yield* book.createRule(draft("A"), change("names"))
        assert.strictEqual(unnamed.name, `rule-${unnamed.id}`)
        const named = yield* book.createRule(draft("B", "fan"), change("names"))
        const taken = yield* Effect.flip(book.createRule(draft("C", "fan"), change("names")))
        assert.deepInclude(taken, { _tag: "RuleNameTaken", rule_id: named.id })
        const rename = (name: string) =>
          book.updateRule(unnamed.id, (rule) => Effect.succeed({ ...rule, name }), change("names"))
        assert.strictEqual((yield* Effect.flip(rename("fan")))._tag, "RuleNameTaken")
        const kept = yield* book.updateRule(unnamed.id, () => Effect.succeed(draft("AA")), change("names"))
        assert.deepInclude(kept, { name: unnamed.name, matchString: "AA", id: unnamed.id })
        // A name that is free again may be given again.
        yield* book.deleteRule(named.id, change("names"))
        assert.strictEqual((yield* rename("fan")).name, "fan")
        assert.lengthOf(yield* recorded("names"), 5)
      }))

    it.effect("refuse a change of what is no longer as it was seen", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const made = yield* book.createRule(draft("seen"), change("seen"))
        const seen = { ...change("seen"), ifVersion: made.version }
        const keep = (rule: StoredRule) => Effect.succeed({ ...rule, priority: 7 })
        const next = yield* book.updateRule(made.id, keep, seen)
        assert.isAbove(next.version, made.version)
        assert.deepInclude(yield* Effect.flip(book.updateRule(made.id, keep, seen)), {
          _tag: "VersionStale",
          version: next.version
        })
        assert.strictEqual((yield* Effect.flip(book.deleteRule(made.id, seen)))._tag, "VersionStale")
        // Another rule's change does not count.
        yield* book.createRule(draft("another"), change("seen"))
        yield* book.deleteRule(made.id, { ...change("seen"), ifVersion: next.version })
      }))

    it.effect("become what a file says as one version, with a record for each difference, and the numbers they had", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        for (const { id } of yield* book.rules) yield* book.deleteRule(id, change("clear"))
        const stay = yield* book.createRule(draft("stay", "stay"), change("file"))
        const edit = yield* book.createRule(draft("edit", "edit"), change("file"))
        const go = yield* book.createRule(draft("go", "go"), change("file"))
        yield* book.addDevelopmentHost("old-*", change("file"))
        yield* book.addTeam("fw1", "NetOps", change("file"))
        const before = yield* book.ruleSet
        const wanted = {
          rules: [
            draft("stay", "stay"),
            { ...draft("edit", "edit"), priority: 1 },
            draft("come", "come"),
            draft("unnamed")
          ],
          developmentHosts: ["New-*"],
          teams: [{ hostname: "FW1", team: "SecOps" }],
          tests: [{ name: "it pages", test: "{\"events\":[]}" }]
        }
        const done = yield* book.replaceRuleSet(wanted, before.version, change("apply", "because"))
        assert.strictEqual(done.version, before.version + 1)
        assert.strictEqual(done.unchanged, 1)
        const after = yield* book.ruleSet
        assert.strictEqual(after.version, done.version)
        const byName = new Map(after.rules.map((rule) => [rule.name, rule]))
        assert.strictEqual(byName.get("stay")?.id, stay.id)
        assert.deepInclude(byName.get("edit"), { id: edit.id, priority: 1, createdAt: edit.createdAt })
        assert.isUndefined(byName.get("go"))
        const fresh = after.rules.filter(({ id }) => id > go.id)
        assert.deepStrictEqual(fresh.map(({ matchString }) => matchString), ["come", "unnamed"])
        assert.strictEqual(fresh[1]?.name, `rule-${fresh[1]?.id}`)
        assert.deepStrictEqual([after.developmentHosts, after.teams, after.tests], [
          ["new-*"],
          [{ hostname: "fw1", team: "SecOps" }],
          wanted.tests
        ])
        assert.deepStrictEqual(
          yield* recorded("apply"),
          [
            "CREATE alert_rules " + fresh[0]?.id,
            "CREATE alert_rules " + fresh[1]?.id,
            "CREATE development_hosts new-*",
            "CREATE rule_tests it pages",
            "DELETE alert_rules " + go.id,
            "DELETE development_hosts old-*",
            "UPDATE alert_rules " + edit.id,
            "UPDATE device_teams fw1"
          ].sort()
        )
        const [newest] = yield* book.versions(1)
        assert.deepInclude(newest, { version: done.version, changedBy: "noc", reason: "because", changes: 8 })

        // What is as wanted makes no version and no record; what the file does not name beside the rules stays.
        const again = yield* book.replaceRuleSet({ rules: after.rules }, after.version, change("again"))
        assert.deepStrictEqual([again.version, again.unchanged], [after.version, 4])
        assert.deepStrictEqual(yield* recorded("again"), [])
        assert.deepStrictEqual(yield* book.ruleSet, after)
        const stale = yield* Effect.flip(book.replaceRuleSet({ rules: [] }, before.version, change("again")))
        assert.strictEqual(stale._tag, "VersionStale")
        assert.deepStrictEqual(yield* book.ruleSet, after)

        // A deleted rule comes back with its number.
        yield* book.replaceRuleSet(before, after.version, change("back"))
        const back = yield* book.ruleSet
        assert.deepStrictEqual(numbered(back), numbered(before))
        assert.deepStrictEqual([back.developmentHosts, back.teams], [before.developmentHosts, before.teams])
      }))

    it.effect("are known as they were after each of a hundred edits", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const random = seeded(20)
        const seen = new Map<number, StoredRuleSet>()
        const note = Effect.map(book.ruleSet, (set) => void seen.set(set.version, set))
        yield* note
        for (let edit = 0; edit < 100; edit++) {
          const rules = yield* book.rules
          const one = rules[random.int(Math.max(rules.length, 1))]
          const content = draft(`text ${random.int(1_000)}`)
          const steps = [
            () => book.createRule({ ...content, name: `edit-${edit}` }, change("edits")),
            () => book.createRule(content, change("edits")),
            () =>
              one &&
              book.updateRule(
                one.id,
                (rule) => Effect.succeed({ ...rule, priority: random.int(100) }),
                change("edits")
              ),
            () =>
              one &&
              book.updateRule(one.id, (rule) => Effect.succeed({ ...rule, name: `named-${edit}` }), change("edits")),
            () => one && book.deleteRule(one.id, change("edits")),
            () => book.addTeam(`host-${edit}`, `team ${edit}`, change("edits")),
            () => book.updateTeam("fw1", `team ${edit}`, change("edits")),
            () =>
              Effect.flatMap(book.ruleSet, (set) =>
                book.replaceRuleSet(
                  {
                    rules: [...set.rules.slice(random.int(2)), { ...content, name: `file-${edit}` }],
                    tests: [{ name: `test ${random.int(3)}`, test: `{"n":${edit}}` }]
                  },
                  set.version,
                  change("edits")
                )),
            () =>
              Effect.flatMap(book.ruleSet, (set) =>
                Effect.flatMap(
                  book.ruleSetAt([...seen.keys()][random.int(seen.size)] ?? set.version),
                  (old) => book.replaceRuleSet(old, set.version, change("edits"))
                ))
          ]
          yield* steps[random.int(steps.length)]?.() ?? Effect.void
          yield* note
        }
        assert.isAbove(seen.size, 80)
        for (const [version, set] of seen) assert.deepStrictEqual(yield* book.ruleSetAt(version), set)
        const list = yield* book.versions(1_000)
        assert.includeMembers(list.map(({ version }) => version), [...seen.keys()])
        assert.deepStrictEqual((yield* book.versions(2, list[1]?.version)).map(({ version }) => version), [
          list[2]?.version ?? 0,
          list[3]?.version ?? 0
        ])
        const none = (list[0]?.version ?? 0) + 1
        assert.strictEqual((yield* Effect.flip(book.ruleSetAt(none)))._tag, "VersionUnknown")
      }))
  })

/** The rules, without what a change leaves on them. */
const numbered = ({ rules }: StoredRuleSet) =>
  rules.map(({ createdAt: _createdAt, updatedAt: _updatedAt, version: _version, ...rule }) => rule)
