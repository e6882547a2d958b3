import { Effect, Schedule } from "effect"
import { Flag } from "effect/cli"
import type { Api } from "./api.ts"

export const wait = Flag.Boolean("wait").pipe(
  Flag.withDefault(true),
  Flag.withDescription("Wait until every alerter decides by the new version, ten seconds at most (--no-wait)")
)

/** How far a new version of the rules has come. */
export interface Followed {
  /** Every alerter that runs decides by it. */
  readonly followed: boolean
  readonly instances: ReadonlyArray<{ readonly instance: string; readonly version: number | null; readonly ms: number }>
}

const most = "10 seconds"
const pause = "200 millis"

/** Asks until all alerters decide by this version, or none runs, or it takes too long. */
export const rulesFollowed = (api: Api, version: number) =>
  Effect.gen(function*() {
    let newest: Followed = { followed: false, instances: [] }
    const look = Effect.map(api.rulesAtWork.instances(), ({ instances }) => {
      newest = {
        followed: instances.length > 0 && instances.every((one) => one.ok && (one.version ?? -1) >= version),
        instances
      }
      return newest.followed || instances.length === 0
    })
    yield* Effect.repeat(look, { schedule: Schedule.spaced(pause), until: (done) => done }).pipe(
      Effect.timeoutOption(most),
      // The change is made; a server of before knows nothing of its alerters.
      Effect.ignore
    )
    return newest
  })

/** Says of a version who decides by it. */
export const followedLine = ({ followed, instances }: Followed, version: number): string => {
  if (instances.length === 0) return "No alerter is known to run; the next one decides by it."
  const behind = instances.filter((one) => (one.version ?? -1) < version).map(({ instance }) => instance)
  const count = `${instances.length} ${instances.length === 1 ? "alerter" : "alerters"}`
  if (followed) {
    return `In force: ${count}, the slowest took ${Math.max(...instances.map(({ ms }) => Math.round(ms)))} ms.`
  }
  return behind.length === 0
    ? `${count} decide by it, and cannot read the rules any more.`
    : `Not yet in force at ${behind.join(", ")} (${behind.length} of ${count}). See: mutt rules instances`
}
