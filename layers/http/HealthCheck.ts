import { Effect } from "effect"
import { DynamicConfig } from "../config/DynamicConfig.ts"
import { Postgres } from "../postgres/Postgres.ts"
import { Redis } from "../redis/Redis.ts"
import { Secrets } from "../secret/Secrets.ts"

/** The state of one thing a program stands on. */
export interface CheckResult {
  readonly state: "ok" | "degraded" | "down"
  /** How old the newest good news is. */
  readonly ageMs?: number | undefined
  /** For people; holds no secret. */
  readonly detail?: string | undefined
}

/** `down` of a required check makes `/readyz` answer 503. A check never fails and answers within two seconds. */
export interface Check {
  readonly name: string
  readonly required: boolean
  readonly check: Effect.Effect<CheckResult>
}

/** A check answers in time, whatever it asks. */
export const within = (
  check: Effect.Effect<CheckResult>,
  late: Effect.Effect<string> = Effect.succeed("no answer within two seconds")
): Effect.Effect<CheckResult> =>
  Effect.timeoutOrElse(check, {
    duration: "2 seconds",
    orElse: () => Effect.map(late, (detail): CheckResult => ({ state: "down", detail }))
  })

/** Redis answers `PING`. */
export const redisCheck = Effect.gen(function*() {
  const redis = yield* Redis
  const check: Check = {
    name: "redis",
    required: true,
    check: within(
      Effect.gen(function*() {
        const pong = yield* Effect.result(redis.command("PING"))
        if (pong._tag === "Failure") return { state: "down", detail: pong.failure.reason }
        const { fingerprint, slot } = yield* redis.status
        return { state: "ok", ageMs: 0, detail: `credential ${slot} ${fingerprint}`.trimEnd() }
      }),
      // The command still waits for a connection, and why there is none is known.
      Effect.map(redis.status, ({ refused }) => refused ? "refused" : "no answer within two seconds")
    )
  }
  return check
})

/** PostgreSQL answers `SELECT 1`. */
export const postgresCheck = Effect.gen(function*() {
  const postgres = yield* Postgres
  const check: Check = {
    name: "postgres",
    required: true,
    check: within(
      Effect.gen(function*() {
        const pinged = yield* Effect.result(postgres.ping)
        if (pinged._tag === "Failure") return { state: "down", detail: pinged.failure.reason }
        const { fingerprint, slot } = yield* postgres.status
        return { state: "ok", ageMs: 0, detail: `credential ${slot} ${fingerprint}`.trimEnd() }
      })
    )
  }
  return check
})

/** The secrets in use are confirmed by their store. Old ones go on working, so this never makes a program unready. */
export const secretsCheck = Effect.gen(function*() {
  const secrets = yield* Secrets
  const check: Check = {
    name: "secrets",
    required: false,
    check: Effect.map(secrets.status, ({ ageMs, stale, store, unusable }): CheckResult => ({
      state: stale ? "degraded" : "ok",
      ageMs,
      // Anybody may ask, so that names are for the log.
      detail: `store ${store}${unusable === 0 ? "" : `; values that cannot be used: ${unusable}, see the log`}`
    }))
  }
  return check
})

/** The settings in force are confirmed by their store. The last known good go on working. */
export const settingsCheck = Effect.gen(function*() {
  const config = yield* DynamicConfig
  const check: Check = {
    name: "settings",
    required: false,
    check: Effect.map(config.status, ({ ageMs, source, stale, version }): CheckResult => ({
      state: stale ? "degraded" : "ok",
      ageMs,
      detail: `version ${version} from ${source}`
    }))
  }
  return check
})
