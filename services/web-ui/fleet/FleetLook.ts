import { Clock, Context, Effect, Layer, Metric, Semaphore } from "effect"
import { configTopic } from "../../../layers/config/ConfigRollout.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { processTopic } from "../../../layers/instances/processTopic.ts"
import { secretTopic } from "../../../layers/instances/SecretInstances.ts"
import { rulesTopic } from "../../../layers/rules/rulesTopic.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import type { Fleet } from "../../../src/api/web-ui/Fleet.ts"
import { fleetLooksFailed } from "../metrics.ts"
import { ProgramStatuses } from "../overview/ProgramStatuses.ts"
import { type AskedAddresses, type FleetReports, joinFleet } from "./joinFleet.ts"

/** From one asking of the addresses to the next, as each costs the program its checks. */
const addressesMs = 5_000
/** From one reading of the reports to the next: all who ask meanwhile are told the same. */
const reportsMs = 500

/** Lists the processes that run. Nothing is read while nobody asks. */
export class FleetLook extends Context.Service<FleetLook, {
  readonly current: Effect.Effect<Fleet>
}>()("mutt/services/web-ui/fleet/FleetLook") {
  static readonly layer = Layer.effect(
    FleetLook,
    Effect.gen(function*() {
      const { list } = yield* Instances
      const { addressed } = yield* ProgramStatuses
      const one = yield* Semaphore.make(1)
      let asked: AskedAddresses & { readonly steady: number } | undefined
      let known: { readonly fleet: Fleet; readonly steady: number } | undefined
      let isAway = false

      const addresses = Effect.gen(function*() {
        const steady = yield* steadyMillis
        if (asked !== undefined && steady - asked.steady < addressesMs) return asked
        const programs = yield* addressed
        asked = { programs, at: yield* Clock.currentTimeMillis, steady: yield* steadyMillis }
        return asked
      })
      const reports = Effect.gen(function*() {
        const [processes, settings, rules, secrets] = yield* Effect.all(
          [list(processTopic), list(configTopic), list(rulesTopic), list(secretTopic)],
          { concurrency: 4 }
        )
        isAway = false
        return {
          reports: {
            now: processes.now,
            processes: processes.instances,
            settings: settings.instances,
            rules: rules.instances,
            secrets: secrets.instances
          } satisfies FleetReports,
          away: null
        }
      }).pipe(
        Effect.timeout("2 seconds"),
        Effect.catch((error) =>
          Effect.gen(function*() {
            yield* Metric.update(fleetLooksFailed, 1)
            if (!isAway) {
              isAway = true
              yield* Effect.logWarning("The reports of the processes cannot be read; only addresses are asked.").pipe(
                Effect.annotateLogs({ error: error._tag })
              )
            }
            const now = yield* Clock.currentTimeMillis
            return { reports: { now, processes: [], settings: [], rules: [], secrets: [] }, away }
          })
        )
      )

      const current = Effect.gen(function*() {
        if (known !== undefined && (yield* steadyMillis) - known.steady < reportsMs) return known.fleet
        const [found, answers] = yield* Effect.all([reports, addresses], { concurrency: 2 })
        const fleet = joinFleet(found.reports, answers, found.away)
        known = { fleet, steady: yield* steadyMillis }
        return fleet
      })
      return FleetLook.of({ current: one.withPermits(1)(current) })
    })
  )
}

const away = "The reports of the processes cannot be read now."
