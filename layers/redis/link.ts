import { Effect, Metric, Schedule } from "effect"
import type { Socket } from "node:net"
import type { Candidate } from "../../src/domain/Credential.ts"
import type { StaticConfig } from "../config/StaticConfig.ts"
import { withFallback } from "../secret/fallback.ts"
import type { Secrets } from "../secret/Secrets.ts"
import { openSocket, type RedisRefused, type RedisUnreachable } from "./handshake.ts"

const secretName = "REDIS_PASS"

/** How the newest attempt to connect ended. */
export interface LinkState {
  slot: "CURRENT" | "NEXT" | "none"
  fingerprint: string
  /** Empty when it went well. */
  detail: string
  /** All values of the password were refused. */
  refused: boolean
  /** Of the password, when the newest connection logged in. */
  generation: number
}

export const notYet = (): LinkState => ({
  slot: "none",
  fingerprint: "",
  detail: "not connected yet",
  refused: false,
  generation: 0
})

export interface LinkOptions {
  readonly config: StaticConfig["Service"]
  readonly secrets: Secrets["Service"]
  readonly ca: string | undefined
}

const connections = Metric.counter("mutt_redis_connections_total", {
  description: "Connections to Redis opened, by the slot of the password they were opened with.",
  incremental: true
})

/**
 * A socket to Redis that is logged in and proved. Tries for ever, from 0.1 to about 2 seconds apart, whatever the reason of
 * failure is: refused passwords heal when the store or the server is mended. `state` says how it stands.
 */
export const openLink = ({ ca, config, secrets }: LinkOptions, state: LinkState): Effect.Effect<Socket> => {
  const login = Effect.fnUntraced(function*(candidate: Candidate) {
    const { generation } = yield* Effect.orElseSucceed(secrets.get(secretName), () => ({ generation: 0 }))
    const socket = yield* openSocket({
      address: config.redis,
      ca,
      password: candidate.value,
      clientName: `${config.program}:${config.instance}:g${generation}`
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
  return withFallback(
    secrets,
    secretName,
    login,
    (error: RedisRefused | RedisUnreachable) => error._tag === "RedisRefused"
  ).pipe(
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
    Effect.annotateLogs({ server: `${config.redis.host}:${config.redis.port}` })
  )
}

const again = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(Schedule.jittered)
