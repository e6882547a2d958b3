import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { makeLossyProxy } from "../../layers/lossyProxy.ts"
import { ask, askAgain } from "./ask.ts"
import { SettingsWorld, SettingsWorldLayer } from "./settingsHarness.ts"

const between = { postgres: makeLossyProxy(), redis: makeLossyProxy() }

const rule = (name: string, changes: object = {}) => ({
  name,
  match_type: "contains",
  match_string: name,
  prod_handling: "Page_and_ticket",
  dev_handling: "Ignore",
  team_assignment: "NetOps",
  ...changes
})

/** A file that differs from the one of the turn before in a rule that comes, changes or goes, a host, a team and a test. */
const fileOf = (turn: number) => ({
  rules: [rule("stays"), rule("changes", { priority: turn }), rule(`turn-${turn}`)],
  hosts: { development: [`dev-${turn}`], teams: [{ hostname: "fw1", team_assignment: `team ${turn}` }] },
  tests: [{ name: "test", events: [{ message: `turn-${turn}` }], sent: 1 }]
})
const bad = { rules: [rule("stays"), rule("bad", { match_type: "regex", match_string: "(" })] }

interface RuleSet {
  readonly version: number
  readonly rules: ReadonlyArray<{ readonly name: string }>
}

/** What is there, once the database answers again. */
const there = Effect.gen(function*() {
  const list = yield* ask("GET", "/api/v1/rules/versions?limit=1")
  if (list.status !== 200) return yield* Effect.fail("away" as const)
  const found = yield* ask("GET", `/api/v1/rules/versions/${list.body.versions[0].version}`)
  return found.status === 200 ? found.body as RuleSet : yield* Effect.fail("away" as const)
}).pipe(Effect.eventually)

const turnsOf = ({ rules }: RuleSet) => rules.filter(({ name }) => name.startsWith("turn-")).map(({ name }) => name)

layer(SettingsWorldLayer({ between }), { excludeTestServices: true })(
  "a file of rules whose connection is cut off",
  (it) => {
    it.effect(
      "at any statement is applied whole, or not at all, and once when it is sent again",
      () =>
        Effect.gen(function*() {
          assert.strictEqual((yield* ask("POST", "/api/v1/rules/apply", { body: fileOf(0) })).status, 200)
          const outcomes = new Set<string>()
          let turn = 0
          for (const when of ["before", "after"] as const) {
            let whole = 0
            // A few pieces are of other requests; it ends when some files in a row came through.
            for (let piece = 1; whole < 3; piece += 1) {
              turn += 1
              const before = yield* there
              const sent = { body: fileOf(turn), headers: { "idempotency-key": `${when} ${piece}` } }
              yield* between.postgres.cutAt(piece, when)
              const answer = yield* ask("POST", "/api/v1/rules/apply", sent)
              const cut = yield* between.postgres.wasCut
              yield* between.postgres.cutAt(0, when)
              whole = answer.status === 200 && !cut ? whole + 1 : 0
              const after = yield* there
              assert.include([before.version, before.version + 1], after.version)
              if (after.version === before.version) {
                assert.deepStrictEqual(after, before)
              } else assert.deepStrictEqual(turnsOf(after), [`turn-${turn}`])
              if (answer.status === 200) assert.strictEqual(after.version, before.version + 1)
              else {
                outcomes.add(`${when} ${answer.body.outcome}`)
                assert.strictEqual(answer.status, 503)
                if (answer.body.outcome === "unchanged") assert.deepStrictEqual(after, before)
              }
              const again = yield* askAgain("POST", "/api/v1/rules/apply", sent)
              assert.deepStrictEqual([again.status, again.body.version], [200, before.version + 1])
              assert.deepStrictEqual(turnsOf(yield* there), [`turn-${turn}`])
            }
          }
          assert.isAbove(turn, 40)
          // The COMMIT is met on one of the two ways at least: pieces of other requests come between.
          const met = [...outcomes].map((outcome) => outcome.replace(/^(?:before|after) unknown$/, "unknown"))
          assert.includeMembers(met, ["before unchanged", "after unchanged", "unknown"])
          const { body: chain } = yield* ask("GET", "/api/v1/audit/verify")
          assert.deepInclude(chain, { whole: true, fault: null })
        }),
      300_000
    )

    it.effect(
      "with one rule that cannot be used changes nothing, wherever it is cut off",
      () =>
        Effect.gen(function*() {
          const before = yield* there
          for (let piece = 1; piece <= 10; piece++) {
            yield* between.postgres.cutAt(piece, "after")
            assert.include([422, 503], (yield* ask("POST", "/api/v1/rules/apply", { body: bad })).status)
            yield* between.postgres.cutAt(0, "after")
            assert.deepStrictEqual(yield* there, before)
          }
        }),
      120_000
    )

    it.effect(
      "beside another one: of two that saw one version, one is applied and one is refused",
      () =>
        Effect.gen(function*() {
          const { webUis } = yield* SettingsWorld
          for (let turn = 1_000; turn < 1_010; turn += 2) {
            const before = yield* there
            const answers = yield* Effect.forEach(
              webUis,
              ({ call }, index) =>
                call("POST", "/api/v1/rules/apply", { body: { ...fileOf(turn + index), if_version: before.version } }),
              { concurrency: 2 }
            )
            assert.deepStrictEqual(
              answers.map(({ status }) => status).sort(),
              [200, 412]
            )
            const done = answers.findIndex(({ status }) => status === 200)
            const after = yield* there
            assert.deepStrictEqual([after.version, turnsOf(after)], [before.version + 1, [`turn-${turn + done}`]])
          }
          // Who asks for no version comes after the other.
          const before = yield* there
          const answers = yield* Effect.forEach(
            webUis,
            ({ call }, index) => call("POST", "/api/v1/rules/apply", { body: fileOf(2_000 + index) }),
            { concurrency: 2 }
          )
          assert.deepStrictEqual(
            answers.map(({ status }) => status),
            [200, 200]
          )
          assert.strictEqual((yield* there).version, before.version + 2)
        }),
      120_000
    )

    it.effect("is told to alerters once, and not at all when it changes nothing", () =>
      Effect.gen(function*() {
        const { admin } = yield* SettingsWorld
        const before = yield* Effect.map(admin.command("INFO", "commandstats"), published)
        yield* ask("POST", "/api/v1/rules/apply", { body: fileOf(3_000) })
        const told = Effect.map(admin.command("INFO", "commandstats"), published)
        assert.strictEqual(
          yield* Effect.repeat(told, { until: (count) => count > before }),
          before + 1
        )
        yield* ask("POST", "/api/v1/rules/apply", { body: fileOf(3_000) })
        yield* ask("POST", "/api/v1/rules/apply", { body: fileOf(3_001) })
        assert.strictEqual(yield* Effect.repeat(told, { until: (count) => count > before + 1 }), before + 2)
      }), 60_000)
  }
)

const published = (info: unknown): number => Number(/cmdstat_publish:calls=(\d+)/.exec(String(info))?.[1] ?? 0)
