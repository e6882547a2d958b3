import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { RuleSource } from "../../../layers/rules/RuleSource.ts"

const change = { actor: "noc", reason: null, correlationId: "c" }
const draft = {
  matchType: "contains",
  matchString: "X",
  trapOid: null,
  syslogSeverity: 3,
  priority: 1,
  prodHandling: "Page_only",
  devHandling: "Ignore",
  teamAssignment: "T",
  isActive: true
} as const

/** What the alerter sees of what people write into the rule book. The tests go on from each other. */
export const ruleSourceSuite = <E>(name: string, layers: Layer.Layer<RuleSource | RuleRepository, E>) => {
  layer(layers, { excludeTestServices: true })(name, (it) => {
    it.effect("has a version and no rules at first", () =>
      Effect.gen(function*() {
        const rules = yield* RuleSource
        const { version, ...rest } = yield* rules.load
        assert.strictEqual(version, yield* rules.version)
        assert.deepStrictEqual(rest, { rules: [], developmentHosts: [], deviceTeams: [] })
      }))

    it.effect("gives active rules by priority, hosts and teams, under a new version after each change", () =>
      Effect.gen(function*() {
        const rules = yield* RuleSource
        const book = yield* RuleRepository
        const versions = [yield* rules.version]
        const noted = <A, E>(work: Effect.Effect<A, E>) =>
          Effect.tap(work, () => Effect.map(rules.version, (version) => versions.push(version)))
        const late = yield* noted(book.createRule({ ...draft, priority: 9 }, change))
        const early = yield* noted(
          book.createRule({
            ...draft,
            matchType: "oid_prefix",
            matchString: null,
            trapOid: "1.3",
            syslogSeverity: null
          }, change)
        )
        const idle = yield* noted(book.createRule({ ...draft, isActive: false }, change))
        yield* noted(book.addDevelopmentHost("DEV-*", change))
        yield* noted(book.addTeam("fw1", "Security", change))
        yield* noted(book.updateTeam("fw1", "SecOps", change))
        assert.strictEqual(new Set(versions).size, versions.length)

        const loaded = yield* rules.load
        assert.strictEqual(loaded.version, versions.at(-1))
        assert.deepStrictEqual(loaded.rules, [
          {
            ...draft,
            id: early.id,
            name: early.name,
            matchType: "oid_prefix",
            matchString: null,
            trapOid: "1.3",
            syslogSeverity: null
          },
          { ...draft, id: late.id, name: late.name, priority: 9 }
        ])
        assert.deepStrictEqual(loaded.developmentHosts, ["dev-*"])
        assert.deepStrictEqual(loaded.deviceTeams, [{ hostname: "fw1", team: "SecOps" }])

        yield* noted(book.deleteRule(late.id, change))
        yield* noted(book.updateRule(idle.id, () => Effect.succeed(draft), change))
        yield* noted(book.removeDevelopmentHost("dev-*", change))
        yield* noted(book.removeTeam("fw1", change))
        assert.strictEqual(new Set(versions).size, versions.length)
        const after = yield* rules.load
        assert.deepStrictEqual(after.rules.map(({ id }) => id), [early.id, idle.id])
        assert.deepStrictEqual([after.developmentHosts, after.deviceTeams], [[], []])
      }))
  })
}
