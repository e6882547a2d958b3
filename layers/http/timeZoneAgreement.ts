import { Effect } from "effect"
import { unknownTimeZones } from "../../src/domain/TimeZoneVersion.ts"
import { TimeZoneData } from "../environment/TimeZoneData.ts"
import { Instances } from "../instances/Instances.ts"
import { rulesTopic } from "../rules/rulesTopic.ts"
import { supervised } from "../telemetry/supervised.ts"
import type { CheckResult } from "./HealthCheck.ts"

const lookEvery = "5 seconds"
/** Alerters that are named in the words. */
const mostNamed = 5

export interface TimeZoneUser {
  readonly instance: string
  readonly time_zone_data: string
}

/** Whether all use the same time zone data, as far as they say. */
export const sameTimeZones = (versions: ReadonlyArray<string>): boolean =>
  new Set(versions.filter((version) => version !== unknownTimeZones)).size <= 1

/**
 * Watches that the alerters, and this process, tell time zones by the same data. If not, a schedule may begin at two
 * times: whoever has the event first decides.
 */
export const timeZoneAgreement = Effect.gen(function*() {
  const { list } = yield* Instances
  const own = yield* TimeZoneData
  let alerters: ReadonlyArray<TimeZoneUser> = []

  const look = list(rulesTopic).pipe(
    Effect.map(({ instances }) => {
      alerters = instances
    }),
    // What was seen stays. That Redis does not answer is for its own check to say.
    Effect.catchTag("InstancesUnavailable", () => Effect.void)
  )
  yield* look.pipe(Effect.andThen(Effect.sleep(lookEvery)), Effect.forever, supervised("silences.timeZones"))

  return Effect.sync((): CheckResult & { readonly detail: string } => {
    const detail = `time zone data ${own}`
    if (sameTimeZones([own, ...alerters.map((one) => one.time_zone_data)])) return { state: "ok", detail }
    const named = alerters.slice(0, mostNamed).map((one) => `${one.instance} ${one.time_zone_data}`)
    const more = alerters.length - named.length
    return {
      state: "degraded",
      detail: `${detail}, but of the alerters ${named.join(", ")}${more === 0 ? "" : ` and ${more} more`}: schedules ` +
        "may begin at different times; run all programs on the same version of Node.js or Deno"
    }
  })
})
