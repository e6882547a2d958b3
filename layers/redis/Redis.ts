import { Context, type Effect, Schema, type Scope, type Stream } from "effect"
import type { CredentialVersion } from "../../src/domain/Credential.ts"

/**
 * A command did not get its answer.
 *
 * `unavailable`: no connection, or it broke (the command may or may not have run). `timeout`: no answer in time (same doubt).
 * `refused`: both credentials are refused. `reply`: Redis answered with an error, so nothing of the command happened.
 * The message never holds arguments: they may be credentials.
 */
export class RedisFailed extends Schema.TaggedError<RedisFailed>()("RedisFailed", {
  operation: Schema.String,
  reason: Schema.Literals(["unavailable", "timeout", "refused", "reply"]),
  detail: Schema.String,
  /** No server was sent it. */
  unsent: Schema.optionalKey(Schema.Literal(true))
}) {
  override get message() {
    return `${this.operation} failed (${this.reason}): ${this.detail}`
  }
}

export type RedisArgument = string | number | Uint8Array

/** A Lua script, sent once per server and then called by its hash. All its keys share one hash tag. */
export interface RedisScript {
  readonly name: string
  readonly lua: string
}

/** One connection to Redis, for commands that block or that must not share a pipeline. */
export interface RedisSession {
  readonly command: (name: string, ...args: ReadonlyArray<RedisArgument>) => Effect.Effect<unknown, RedisFailed>
}

/** What of a node breaks the promise of a 2xx. `loses`: accepted events go when it crashes. `weaker`: some may. */
export interface DurabilityProblem {
  /** `host:port`. */
  readonly node: string
  readonly severity: "loses" | "weaker"
  /** What it is, and what to do. */
  readonly text: string
}

export interface RedisStatus {
  readonly connected: boolean
  /** Which credential the newest connection was made with. */
  readonly slot: "CURRENT" | "NEXT" | "none"
  readonly fingerprint: string
  /** Both credentials were refused when it was last tried. */
  readonly refused: boolean
  readonly detail: string
}

/**
 * The one door to Redis. Connections authenticate with CURRENT, then NEXT, at every (re)connect, and open ones move to a
 * password that changed without failing a command, so it may change under load.
 * Commands wait for a reconnect within their deadline and then fail `unavailable`.
 */
export class Redis extends Context.Service<Redis, {
  readonly command: RedisSession["command"]
  readonly script: (
    script: RedisScript,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<RedisArgument>
  ) => Effect.Effect<unknown, RedisFailed>
  /** A connection of its own, closed with the scope. */
  readonly session: Effect.Effect<RedisSession, RedisFailed, Scope.Scope>
  /**
   * Messages of a channel. The first element is `subscribed` after each acknowledged (re)subscription: read state then.
   * When the password changes one connection takes over from another: no message is lost, and some may come twice.
   */
  readonly subscribe: (channel: string) => Stream.Stream<
    { readonly _tag: "subscribed" } | { readonly _tag: "message"; readonly text: string },
    RedisFailed
  >
  readonly status: Effect.Effect<RedisStatus>
  /** Generation of the password → open connections that are logged in with it. */
  readonly connections: Effect.Effect<ReadonlyMap<number, number>>
  /** Opens one more connection with this password to every node, proves it with a PING and closes it. `refused`: it is not right. */
  readonly prove: (candidate: CredentialVersion) => Effect.Effect<void, RedisFailed>
  /** Asks every node, replicas too, how it keeps what it is told. A primary shall have so many replicas. */
  readonly durabilityProblems: (replicas: number) => Effect.Effect<ReadonlyArray<DurabilityProblem>, RedisFailed>
}>()("mutt/layers/redis/Redis") {}
