import { Effect } from "effect"
import { DynamicConfig } from "../config/DynamicConfig.ts"
import { Postgres } from "../postgres/Postgres.ts"
import { SchemaGuard } from "../postgres/SchemaGuard.ts"
import { QueueFormat } from "../queue/QueueFormat.ts"
import { Redis } from "../redis/Redis.ts"
import { Secrets } from "../secret/Secrets.ts"

/** The state of one thing a program depends on. */
export interface CheckResult {
  readonly state: "ok" | "degraded" | "down"
  /** Since it was last known to be well. */
  readonly ageMs?: number | undefined
  /** For people; holds no secret. */
  readonly detail?: string | undefined
}

/** A check for `/readyz`, which answers 503 when a required one is down. It answers within two seconds. */
export interface Check {
  readonly name: string
  readonly required: boolean
  readonly check: Effect.Effect<CheckResult>
}

/** Bounds a check to two seconds; `late` says why it did not answer. */
export const within = (
  check: Effect.Effect<CheckResult>,
  late: Effect.Effect<string> = Effect.succeed("no answer within two seconds")
): Effect.Effect<CheckResult> =>
  Effect.timeoutOrElse(check, {
    duration: "2 seconds",
    orElse: () => Effect.map(late, (detail): CheckResult => ({ state: "down", detail }))
  })

/** The result of asking a server, with the credential in use when it answers. */
const answerOf = (
  ask: Effect.Effect<unknown, { readonly reason: string }>,
  credential: Effect.Effect<{ readonly slot: string; readonly fingerprint: string }>
): Effect.Effect<CheckResult> =>
  Effect.matchEffect(ask, {
    onFailure: ({ reason }) => Effect.succeed<CheckResult>({ state: "down", detail: reason }),
    onSuccess: () =>
      Effect.map(credential, ({ fingerprint, slot }): CheckResult => ({
        state: "ok",
        ageMs: 0,
        detail: `credential ${slot} ${fingerprint}`.trimEnd()
      }))
  })

/** Redis answers `PING`. */
export const redisCheck = Effect.map(Redis, (redis): Check => ({
  name: "redis",
  required: true,
  check: within(
    answerOf(redis.command("PING"), redis.status),
    // The command still waits for a connection, and why there is none is known.
    Effect.map(redis.status, ({ refused }) => refused ? "refused" : "no answer within two seconds")
  )
}))

/** PostgreSQL answers `SELECT 1`. */
export const postgresCheck = Effect.map(Postgres, (postgres): Check => ({
  name: "postgres",
  required: true,
  check: within(answerOf(postgres.ping, postgres.status))
}))

/** The schema is one that this program works on. It waits until it is. */
export const schemaCheck = Effect.map(SchemaGuard, (guard): Check => ({
  name: "schema",
  required: true,
  check: within(
    Effect.match(guard.state, {
      // Why PostgreSQL does not answer is another check's.
      onFailure: (): CheckResult => ({ state: "down", detail: "not known" }),
      onSuccess: ({ newest, problem }): CheckResult =>
        problem === undefined
          ? { state: "ok", ageMs: 0, ...(newest === undefined ? {} : { detail: `migration ${newest}` }) }
          : { state: "down", detail: problem }
    })
  )
}))

/** The program reads all that waits in the queue. It leaves the queue alone until that is known. */
export const queueFormatCheck = Effect.map(QueueFormat, (queue): Check => ({
  name: "queue_format",
  required: true,
  check: within(
    Effect.match(queue.state, {
      // Why Redis does not answer is another check's.
      onFailure: (): CheckResult => ({ state: "down", detail: "not known" }),
      onSuccess: ({ format, problem, writes }): CheckResult =>
        problem === undefined
          ? { state: "ok", detail: `format ${format}${writes === format ? "" : `, ${writes} is written`}` }
          : { state: "down", detail: problem }
    })
  )
}))

/** The secret store has confirmed the secrets in use. Not required: old ones go on working. */
export const secretsCheck = Effect.map(Secrets, (secrets): Check => ({
  name: "secrets",
  required: false,
  check: Effect.map(secrets.status, ({ ageMs, stale, store, unusable }): CheckResult => ({
    state: stale ? "degraded" : "ok",
    ageMs,
    // Anybody may ask, so that names are for the log.
    detail: `store ${store}${unusable === 0 ? "" : `; values that cannot be used: ${unusable}, see the log`}`
  }))
}))

/** The store of settings has confirmed those in force. Not required: the last known good go on working. */
export const settingsCheck = Effect.map(DynamicConfig, (config): Check => ({
  name: "settings",
  required: false,
  check: Effect.map(config.status, ({ ageMs, source, stale, version }): CheckResult => ({
    state: stale ? "degraded" : "ok",
    ageMs,
    detail: `version ${version} from ${source}`
  }))
}))
