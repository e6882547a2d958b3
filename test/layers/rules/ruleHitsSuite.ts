import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { RuleHits } from "../../../layers/rules/RuleHits.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { seeded } from "../../../scripts/bench/Random.ts"
import { ruleDraft } from "./ruleDraft.ts"

const author = { actor: "noc", reason: null, correlationId: "c" }
const day = "2026-08-22T"
const hit = (ruleId: number, hour: string, forwarded: number, suppressed: number, last: string) => ({
  ruleId,
  hour: `${day}${hour}:00:00.000Z`,
  forwarded,
  suppressed,
  lastHit: `${day}${hour}:${last}.000Z`
})

/** What any store of hits promises. `fresh` has no rules yet. */
export const ruleHitsSuite = <E>(name: string, fresh: Layer.Layer<RuleHits | RuleRepository, E>) => {
  layer(fresh, { excludeTestServices: true })(name, (it) => {
    it.effect("adds what several alerters counted, by rule and hour", () =>
      Effect.gen(function*() {
        const { add, stats } = yield* RuleHits
        const rules = yield* RuleRepository
        assert.deepStrictEqual(yield* stats(`${day}00:00:00Z`), { countedSince: null, rules: [] })
        const [a, b, c] = yield* Effect.all([
          rules.createRule(ruleDraft, author),
          rules.createRule(ruleDraft, author),
          rules.createRule(ruleDraft, author)
        ])
        yield* Effect.all([
          add([hit(a.id, "10", 2, 0, "59:00"), hit(b.id, "10", 0, 1, "10:00")]),
          add([hit(b.id, "10", 0, 4, "05:00"), hit(a.id, "10", 3, 0, "20:00")]),
          add([hit(a.id, "12", 0, 7, "00:01")])
        ], { concurrency: 3 })
        yield* add([])
        const known = yield* stats(`${day}00:00:00Z`)
        assert.strictEqual(known.countedSince, `${day}10:00:00.000Z`)
        assert.deepStrictEqual(known.rules, [
          { ruleId: a.id, forwarded: 5, suppressed: 7, lastHit: `${day}12:00:01.000Z` },
          { ruleId: b.id, forwarded: 0, suppressed: 5, lastHit: `${day}10:10:00.000Z` }
        ])
        // The hour of the time counts whole; a last hit of before is known still.
        assert.deepStrictEqual((yield* stats(`${day}12:59:00Z`)).rules, [
          { ruleId: a.id, forwarded: 0, suppressed: 7, lastHit: `${day}12:00:01.000Z` },
          { ruleId: b.id, forwarded: 0, suppressed: 0, lastHit: `${day}10:10:00.000Z` }
        ])
        assert.isUndefined((yield* stats(day + "00:00:00Z")).rules.find(({ ruleId }) => ruleId === c.id))
      }))

    it.effect("keeps the hits of a rule that is changed, and of one that is deleted", () =>
      Effect.gen(function*() {
        const { add, stats } = yield* RuleHits
        const rules = yield* RuleRepository
        const { id } = yield* rules.createRule(ruleDraft, author)
        yield* add([hit(id, "10", 2, 0, "59:00")])
        const mine = Effect.map(stats(`${day}00:00:00Z`), (known) => known.rules.find(({ ruleId }) => ruleId === id))
        const before = yield* mine
        yield* rules.updateRule(id, (rule) => Effect.succeed({ ...rule, priority: 7, matchString: "Y" }), author)
        assert.deepStrictEqual(yield* mine, before)
        yield* rules.deleteRule(id, author)
        assert.isUndefined(yield* mine)
        yield* rules.restoreRule(id, author)
        assert.deepStrictEqual(yield* mine, before)
      }))

    it.effect("has as many hits of each rule as were added, and each version of it, whatever edits came between", () =>
      Effect.gen(function*() {
        const { add, stats } = yield* RuleHits
        const rules = yield* RuleRepository
        const random = seeded(20)
        const pick = <A>(from: ReadonlyArray<A>): A | undefined => from[Math.floor(random.next() * from.length)]
        // Rules of the tests before have hits of their own.
        const added = new Map((yield* stats(`${day}00:00:00Z`)).rules.map((one) => [one.ruleId, one.forwarded]))
        const gone = new Set<number>()
        const versions = new Map<number, unknown>()
        const note = Effect.map(rules.ruleSet, (set) => {
          versions.set(set.version, set)
          return set
        })
        for (let step = 0; step < 60; step++) {
          const { rules: there, version } = yield* note
          const one = pick(there)
          const lost = pick([...gone])
          const kind = Math.floor(random.next() * 5)
          if (kind === 0 || one === undefined) yield* rules.createRule({ ...ruleDraft, priority: step }, author)
          else if (kind === 1) {
            yield* rules.updateRule(one.id, (rule) => Effect.succeed({ ...rule, priority: step }), author)
          } else if (kind === 2) {
            yield* rules.deleteRule(one.id, author)
            gone.add(one.id)
          } else if (kind === 3 && lost !== undefined) {
            yield* rules.restoreRule(lost, author)
            gone.delete(lost)
          } else {
            const kept = there.filter(() => random.next() < 0.8)
            yield* rules.replaceRuleSet({ rules: kept.map((rule) => ({ ...rule, priority: step })) }, version, author)
            for (const { id } of there) if (!kept.some((rule) => rule.id === id)) gone.add(id)
          }
          const hits = (yield* note).rules.filter(() => random.next() < 0.5).map(({ id }) => id)
          yield* add(hits.map((id) => hit(id, String(10 + (step % 10)), 1, 0, "30:00")))
          for (const id of hits) added.set(id, (added.get(id) ?? 0) + 1)
        }
        for (const id of gone) yield* rules.restoreRule(id, author)
        const known = new Map((yield* stats("2026-08-23T00:00:00Z")).rules.map((one) => [one.ruleId, one]))
        const all = new Map((yield* stats(`${day}00:00:00Z`)).rules.map((one) => [one.ruleId, one]))
        for (const [id, count] of added) {
          assert.strictEqual(all.get(id)?.forwarded, count, `rule ${id}`)
          assert.isDefined(known.get(id)?.lastHit)
        }
        for (const [version, set] of versions) assert.deepStrictEqual(yield* rules.ruleSetAt(version), set)
      }))
  })
}
