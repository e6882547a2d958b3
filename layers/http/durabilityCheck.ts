import { Clock, Effect, Metric } from "effect"
import { type DurabilityProblem, Redis } from "../redis/Redis.ts"
import { supervised } from "../telemetry/supervised.ts"
import type { Check, CheckResult } from "./HealthCheck.ts"

const problemsFound = Metric.gauge("mutt_redis_durability_problems", {
  description: "What of the nodes of Redis breaks the promise of a 2xx, when last looked at; take max. It must be 0."
})

const everyMs = 60_000
/** While something is wrong, so that its mending is seen soon. */
const againMs = 5_000

/**
 * Every node of Redis keeps what it is told: looked at when the program starts, and each minute.
 * `required`: a node that may lose accepted events makes the program unready. A primary shall have so many replicas.
 */
export const durabilityCheck = Effect.fnUntraced(function*(required: boolean, replicas = 0) {
  const redis = yield* Redis
  let newest: { readonly at: number; readonly problems: ReadonlyArray<DurabilityProblem> } | undefined

  const look = Effect.gen(function*() {
    const problems = yield* redis.durabilityProblems(replicas)
    const before = words(newest?.problems ?? [])
    newest = { at: yield* Clock.currentTimeMillis, problems }
    yield* Metric.update(problemsFound, problems.length)
    for (const { node, text } of words(problems) === before ? [] : problems) {
      yield* Effect.annotateLogs(Effect.logWarning("Redis does not keep what MUTT promises."), { node, problem: text })
    }
    if (problems.length === 0 && before !== "") {
      yield* Effect.logInfo("Every node of Redis keeps what it is told again.")
    }
    return problems.length === 0 ? everyMs : againMs
  })
  yield* look.pipe(
    // Whether Redis answers at all is another check's.
    Effect.catchTag("RedisFailed", () => Effect.succeed(1_000)),
    Effect.flatMap(Effect.sleep),
    Effect.forever,
    supervised("redis.durability")
  )

  const check: Check = {
    name: "durability",
    required,
    check: Effect.map(Clock.currentTimeMillis, (now): CheckResult => {
      if (newest === undefined) return { state: "down", detail: "Redis was not asked yet how it keeps what it is told" }
      const { at, problems } = newest
      const losing = required && problems.some(({ severity }) => severity === "loses")
      return problems.length === 0
        ? { state: "ok", ageMs: now - at }
        : { state: losing ? "down" : "degraded", ageMs: now - at, detail: words(problems) }
    })
  }
  return check
})

const words = (problems: ReadonlyArray<DurabilityProblem>): string =>
  [...new Set(problems.map(({ text }) => text))].join("; ")
