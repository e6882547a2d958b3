import { Effect, Layer } from "effect"
import { RuleHits } from "../../../layers/rules/RuleHits.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import type { HourHits } from "../../../src/domain/RuleHits.ts"

const newest = (texts: ReadonlyArray<string>) => texts.toSorted().at(-1) ?? ""

/** Keeps hits in memory, beside the rules that are there. */
export const RuleHitsMemory = Layer.effect(
  RuleHits,
  Effect.map(RuleRepository, (repository) => {
    const hours = new Map<string, HourHits>()
    return RuleHits.of({
      add: (hits) =>
        Effect.sync(() => {
          for (const hit of hits) {
            const key = `${hit.ruleId} ${hit.hour}`
            const { forwarded = 0, lastHit = "", suppressed = 0 } = hours.get(key) ?? {}
            hours.set(key, {
              ...hit,
              forwarded: forwarded + hit.forwarded,
              suppressed: suppressed + hit.suppressed,
              lastHit: newest([lastHit, hit.lastHit])
            })
          }
        }),
      stats: (since) =>
        Effect.map(Effect.orDie(repository.rules), (rules) => {
          const all = [...hours.values()]
          const from = `${since.slice(0, 13)}:00:00.000Z`
          return {
            countedSince: all.map(({ hour }) => hour).toSorted()[0] ?? null,
            rules: rules.toSorted((a, b) => a.id - b.id).flatMap(({ id }) => {
              const mine = all.filter(({ ruleId }) => ruleId === id)
              const recent = mine.filter(({ hour }) => hour >= from)
              const sum = (field: "forwarded" | "suppressed") => recent.reduce((total, hit) => total + hit[field], 0)
              return mine.length === 0 ? [] : [{
                ruleId: id,
                forwarded: sum("forwarded"),
                suppressed: sum("suppressed"),
                lastHit: newest(mine.map(({ lastHit }) => lastHit))
              }]
            })
          }
        })
    })
  })
)
