import { Clock, Effect } from "effect"
import { Redis, type RedisArgument } from "../redis/Redis.ts"
import { supervised } from "../telemetry/supervised.ts"
import type { Check, CheckResult } from "./HealthCheck.ts"

/** While the rights are too wide, so that a correction is seen. */
const againMs = 600_000

/** Of a server whose commands were renamed too. */
const refusal = /^NOPERM|unknown (?:sub)?command/i

/**
 * The programs' user of Redis has the rights of `layers/redis/rights.ts` and no more. Two harmless requests tell, one
 * that needs a right to a command and one to a key that MUTT never uses. Not required: with wider rights all works.
 *
 * Once both are refused nobody asks again: each refusal is an entry in `ACL LOG`.
 */
export const rightsCheck = Effect.gen(function*() {
  const redis = yield* Redis
  let newest: { readonly at: number; readonly wide: ReadonlyArray<string> } | undefined

  const allows = (what: string, command: string, ...args: ReadonlyArray<RedisArgument>) =>
    redis.command(command, ...args).pipe(
      Effect.as([what]),
      Effect.catchIf(
        ({ detail, reason }) => reason === "reply" && refusal.test(detail),
        () => Effect.succeed<ReadonlyArray<string>>([])
      )
    )

  const look = Effect.gen(function*() {
    const wide = [
      ...(yield* allows("commands", "ACL", "WHOAMI")),
      ...(yield* allows("keys", "HGET", "no-key-of-mutt", "field"))
    ]
    const before = newest?.wide.length ?? 0
    newest = { at: yield* Clock.currentTimeMillis, wide }
    if (before === 0 && wide.length > 0) {
      yield* Effect.logWarning("The user of Redis may do more than MUTT needs; docs/SECURITY.md says how to narrow it.")
        .pipe(Effect.annotateLogs({ unneeded: wide.join(", ") }))
    }
    if (before > 0 && wide.length === 0) yield* Effect.logInfo("The user of Redis may do what MUTT needs and no more.")
    return wide.length === 0
  })
  yield* look.pipe(
    Effect.catchTag("RedisFailed", () => Effect.as(Effect.sleep("1 second"), undefined)),
    Effect.tap((narrow) => narrow === false ? Effect.sleep(againMs) : Effect.void),
    Effect.repeat({ until: (narrow) => narrow === true }),
    supervised("redis.rights")
  )

  const check: Check = {
    name: "redis_rights",
    required: false,
    check: Effect.map(Clock.currentTimeMillis, (now): CheckResult => {
      if (newest === undefined) return { state: "degraded", detail: "Redis was not asked yet what its user may do" }
      const { at, wide } = newest
      const ageMs = now - at
      return wide.length === 0
        ? { state: "ok", ageMs }
        : { state: "degraded", ageMs, detail: `its user may use ${wide.join(" and ")} that MUTT does not need` }
    })
  }
  return check
})
