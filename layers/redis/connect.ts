import { Duration, Effect, FileSystem, Metric, Schedule, type Scope, type Types } from "effect"
import type { Redis as IoRedis } from "ioredis"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import { Environment } from "../environment/Environment.ts"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import { Secrets } from "../secret/Secrets.ts"
import { isRefused, type NodeAddress, openConnection, type RedisUnreachable } from "./connection.ts"
import type { RedisStatus } from "./Redis.ts"

export const secretName = "REDIS_PASS"

/** How the newest attempt to connect ended, and the generation of the password in use. */
export type ConnectionState = Types.Mutable<Omit<RedisStatus, "connected">> & { generation: number }

export const notYet = (): ConnectionState => ({
  slot: "none",
  fingerprint: "",
  detail: "not connected yet",
  refused: false,
  generation: 0
})

/** What every connection to Redis needs. */
export interface RedisContext {
  readonly config: Environment["Service"]
  readonly secrets: Secrets["Service"]
  readonly ca: string | undefined
}

export const redisContext = Effect.gen(function*() {
  const config = yield* Environment
  const { caPath } = config.redis
  const ca = caPath === undefined
    ? undefined
    : yield* Effect.orDie((yield* FileSystem.FileSystem).readFileString(caPath))
  return { config, secrets: yield* Secrets, ca } satisfies RedisContext
})

/** The server that a connection goes to. */
export interface Target {
  /** Asked for at each attempt. */
  readonly address: Effect.Effect<NodeAddress, RedisUnreachable>
  /** Only a master will do. */
  readonly primary: boolean
  /** What the log calls it. */
  readonly server: string
}

export interface ConnectOptions extends RedisContext, Target {
  /** Milliseconds a command waits for its answer; `undefined`: the caller limits that. */
  readonly answerMs: number | undefined
}

/** What a connection calls itself on the server. */
export const clientName = ({ instance, program }: Environment["Service"], suffix: string): string =>
  `${program}:${instance}:${suffix}`.replaceAll(/[^!-~]/g, "_")

const connections = Metric.counter("mutt_redis_connections_total", {
  description: "Connections to Redis opened, by the slot of the password they were opened with.",
  incremental: true
})

/**
 * Opens a connection with CURRENT or NEXT. Tries for ever, at most about 2 seconds apart, whatever the failure: refused
 * passwords work again when the store or the server is corrected. `state` has the newest attempt.
 */
export const connect = (
  { address, answerMs, ca, config, primary, secrets, server }: ConnectOptions,
  state: ConnectionState
): Effect.Effect<IoRedis, never, Scope.Scope> => {
  const login = Effect.fnUntraced(function*(candidate: CredentialVersion) {
    const { generation } = yield* Effect.orElseSucceed(secrets.get(secretName), () => ({ generation: 0 }))
    const io = yield* openConnection({
      address: { ...config.redis, ...(yield* address) },
      ca,
      password: candidate.value,
      clientName: clientName(config, `g${generation}`),
      answerMs,
      primary
    })
    if (state.slot === "none" && state.detail !== notYet().detail) yield* Effect.logInfo("Redis can be used again.")
    Object.assign(state, {
      slot: candidate.slot,
      fingerprint: candidate.fingerprint,
      detail: "",
      refused: false,
      generation
    })
    yield* Metric.update(Metric.withAttributes(connections, { slot: candidate.slot }), 1)
    return io
  })
  return withCredentialFallback(secrets, secretName, login, isRefused).pipe(
    Effect.tapError((error) => {
      const detail = error._tag === "RedisUnreachable" ? error.detail : error.message
      const isNew = state.detail !== detail
      Object.assign(state, { slot: "none", fingerprint: "", detail, refused: error._tag === "BothCredentialsRefused" })
      return isNew
        ? Effect.logWarning("Redis cannot be used; trying on.").pipe(Effect.annotateLogs({ detail }))
        : Effect.void
    }),
    Effect.retry(again),
    // Never fails, since it is retried until it succeeds.
    Effect.orDie,
    Effect.annotateLogs({ server })
  )
}

/** A server that is away is tried about twice a second, one that refuses us less often. */
const again = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
  Schedule.setInputType<{ readonly _tag: string }>(),
  Schedule.modifyDelay(({ duration, input }) =>
    Effect.succeed(input._tag === "RedisUnreachable" ? Duration.min(duration, Duration.millis(400)) : duration)
  ),
  Schedule.jittered
)
