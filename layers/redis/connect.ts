import { Duration, Effect, Metric, Schedule } from "effect"
import type { Socket } from "node:net"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import type { Environment } from "../environment/Environment.ts"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import type { Secrets } from "../secret/Secrets.ts"
import { type NodeAddress, openSocket, type RedisRefused, type RedisUnreachable } from "./connection.ts"

export const secretName = "REDIS_PASS"

/** How it stands with one connection: how the newest attempt to connect ended, and as whom it is logged in. */
export interface ConnectionState {
  slot: "CURRENT" | "NEXT" | "none"
  fingerprint: string
  /** Empty when it went well. */
  detail: string
  /** All values of the password were refused. */
  refused: boolean
  /** Of the password it is logged in with. */
  generation: number
}

export const notYet = (): ConnectionState => ({
  slot: "none",
  fingerprint: "",
  detail: "not connected yet",
  refused: false,
  generation: 0
})

export interface ConnectOptions {
  readonly config: Environment["Service"]
  readonly secrets: Secrets["Service"]
  readonly ca: string | undefined
  /** Where to connect to; asked at each attempt. */
  readonly place: Effect.Effect<NodeAddress, RedisUnreachable>
  /** Only a master will do. */
  readonly primary: boolean
  /** What the log calls it. */
  readonly server: string
}

/** What a connection calls itself on the server. */
export const clientName = ({ instance, program }: Environment["Service"], suffix: string): string =>
  `${program}:${instance}:${suffix}`.replaceAll(/[^!-~]/g, "_")

export const isRefused = (error: RedisRefused | RedisUnreachable): boolean => error._tag === "RedisRefused"

const connections = Metric.counter("mutt_redis_connections_total", {
  description: "Connections to Redis opened, by the slot of the password they were opened with.",
  incremental: true
})

/**
 * A socket to Redis that is logged in and proved. Tries for ever, at most about 2 seconds apart, whatever the reason of
 * failure is: refused passwords heal when the store or the server is mended. `state` says how it stands.
 */
export const connect = (
  { ca, config, place, primary, secrets, server }: ConnectOptions,
  state: ConnectionState
): Effect.Effect<Socket> => {
  const login = Effect.fnUntraced(function*(candidate: CredentialVersion) {
    const { generation } = yield* Effect.orElseSucceed(secrets.get(secretName), () => ({ generation: 0 }))
    const socket = yield* openSocket({
      address: { ...config.redis, ...(yield* place) },
      ca,
      password: candidate.value,
      clientName: clientName(config, `g${generation}`),
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
    return socket
  })
  return withCredentialFallback(secrets, secretName, login, isRefused).pipe(
    Effect.tapError((error) => {
      const detail = error._tag === "RedisUnreachable" ? error.detail : error.message
      const news = state.detail !== detail
      Object.assign(state, { slot: "none", fingerprint: "", detail, refused: error._tag === "BothCredentialsRefused" })
      return news
        ? Effect.logWarning("Redis cannot be used; trying on.").pipe(Effect.annotateLogs({ detail }))
        : Effect.void
    }),
    Effect.retry(again),
    // It is retried until it goes well.
    Effect.orDie,
    Effect.annotateLogs({ server })
  )
}

/** Looks for a server that is away about twice a second, so that everybody is back soon after it. Who refuses us is asked less often. */
const again = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
  Schedule.setInputType<{ readonly _tag: string }>(),
  Schedule.modifyDelay(({ duration, input }) =>
    Effect.succeed(input._tag === "RedisUnreachable" ? Duration.min(duration, Duration.millis(400)) : duration)
  ),
  Schedule.jittered
)
