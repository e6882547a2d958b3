import { Context, type Effect, Schema, type Scope, type Stream } from "effect"
import type { CredentialVersion } from "../../src/domain/Credential.ts"

/**
 * A command failed.
 *
 * `unavailable`: there is no connection, or it broke, and the command may have run. `timeout`: no answer in time; it
 * may have run. `refused`: both credentials are refused. `reply`: Redis answered with an error, so nothing of the
 * command happened. The message never holds arguments, which may be credentials.
 */
export class RedisFailed extends Schema.TaggedError<RedisFailed>()("RedisFailed", {
  operation: Schema.String,
  reason: Schema.Literals(["unavailable", "timeout", "refused", "reply"]),
  detail: Schema.String,
  /** The command was sent to no server. */
  unsent: Schema.optionalKey(Schema.Literal(true))
}) {
  override get message() {
    return `${this.operation} failed (${this.reason}): ${this.detail}`
  }
}

export type RedisArgument = string | number | Uint8Array

/** A Lua script, which a server gets once and then runs by its hash. All its keys share one hash tag. */
export interface RedisScript {
  readonly name: string
  readonly lua: string
}

/** How many replicas shall have a write on their disks, and how long that may take. */
export interface Durability {
  readonly replicas: number
  readonly timeoutMs: number
}

/** The reply of a script, and how far its writes had come when the wait ended. */
export interface DurableReply {
  readonly reply: unknown
  /** 1: the disk of the primary has them. Redis before 7.2 is taken at its word. */
  readonly local: number
  /** Replicas whose disks have them; before Redis 7.2, whose memory has them. */
  readonly replicas: number
}

/** A connection for commands that block. */
export interface RedisConnection {
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

/** How much room a node of Redis has, and whether its disk takes what it writes. */
export interface RedisNodeState {
  /** `host:port`. */
  readonly node: string
  readonly usedBytes: number
  /** `maxmemory`, or the memory of its machine where that is not set; `undefined` when it tells neither. */
  readonly mostBytes: number | undefined
  /** Of the append-only file; `undefined` without one. */
  readonly appendOnlyBytes: number | undefined
  /** Whether the newest write of each kind failed. */
  readonly failing: { readonly append: boolean; readonly rewrite: boolean; readonly snapshot: boolean }
}

export interface RedisStatus {
  readonly connected: boolean
  /** Which credential the newest connection was made with. */
  readonly slot: "CURRENT" | "NEXT" | "none"
  readonly fingerprint: string
  /** Both credentials were refused when it was last tried. */
  readonly refused: boolean
  /** Empty when it went well. */
  readonly detail: string
}

/**
 * Redis, whose password may change under load. Each new connection logs in with CURRENT, then NEXT; open ones log in
 * again when the password changes, and no command fails for it. While there is no connection, commands wait until their
 * deadline.
 */
export class Redis extends Context.Service<Redis, {
  readonly command: RedisConnection["command"]
  readonly script: (
    script: RedisScript,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<RedisArgument>
  ) => Effect.Effect<unknown, RedisFailed>
  /**
   * Runs a script and waits until what it wrote is on the disks of the primary and of replicas. The reply comes also
   * when they do not get there in time: compare the numbers. A script that writes nothing waits for nothing.
   */
  readonly durable: (
    script: RedisScript,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<RedisArgument>,
    durability: Durability
  ) => Effect.Effect<DurableReply, RedisFailed>
  /** Opens a connection for the caller alone, closed with the scope. */
  readonly ownConnection: Effect.Effect<RedisConnection, RedisFailed, Scope.Scope>
  /**
   * Messages of a channel. `subscribed` comes first and after each reconnect: messages before it may be lost, so read
   * the state then. When the password changes a second connection replaces the first: no message is lost, and some may
   * come twice.
   */
  readonly subscribe: (channel: string) => Stream.Stream<
    { readonly _tag: "subscribed" } | { readonly _tag: "message"; readonly text: string },
    RedisFailed
  >
  readonly status: Effect.Effect<RedisStatus>
  /** Generation of the password → open connections that are logged in with it. */
  readonly connections: Effect.Effect<ReadonlyMap<number, number>>
  /** Checks a password with one more connection to every node. Fails as `refused` if it is wrong. */
  readonly prove: (candidate: CredentialVersion) => Effect.Effect<void, RedisFailed>
  /** Asks every node, replicas too, how it keeps what it is told. A primary shall have so many replicas. */
  readonly durabilityProblems: (replicas: number) => Effect.Effect<ReadonlyArray<DurabilityProblem>, RedisFailed>
  /** Asks every node that answers, replicas too, how much room it has. */
  readonly nodeStates: Effect.Effect<ReadonlyArray<RedisNodeState>, RedisFailed>
}>()("mutt/layers/redis/Redis") {}
