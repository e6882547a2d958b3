import { Context, Effect, Layer, Semaphore } from "effect"
import { RuleRepository, type RuleRepositoryUnavailable } from "../../../layers/rules/RuleRepository.ts"
import { type HostPatterns, hostPatterns } from "../../../src/matching/hostPatterns.ts"

/** Says of hosts what the tables of development hosts and teams make of them, as both are now. */
export class HostPatternsNow extends Context.Service<HostPatternsNow, {
  readonly get: Effect.Effect<HostPatterns, RuleRepositoryUnavailable>
}>()("mutt/services/web-ui/hosts/HostPatternsNow") {
  static readonly layer = Layer.effect(
    HostPatternsNow,
    Effect.gen(function*() {
      const rules = yield* RuleRepository
      const one = Semaphore.makeUnsafe(1).withPermits(1)
      let known: { readonly version: number; readonly patterns: HostPatterns } | undefined
      // Read whole once for each version of the rules: a page of hosts shows some of many thousand.
      const get = one(Effect.gen(function*() {
        // Before the tables: what is known may only be newer than its version.
        const [newest] = yield* rules.versions(1)
        const version = newest?.version ?? 0
        if (known?.version !== version) {
          const [developmentHosts, deviceTeams] = yield* Effect.all([rules.developmentHosts, rules.teams])
          known = { version, patterns: hostPatterns({ developmentHosts, deviceTeams }) }
        }
        return known.patterns
      }))
      return HostPatternsNow.of({ get })
    })
  )
}
