import { Context, type Effect, Schema } from "effect"

/**
 * A node failed. What other nodes did stays done, and everything here may be repeated.
 *
 * `absent`: the store has no administrator's credential (`REDIS_ADMIN_PASS`). `refused`: the server refuses that
 * credential. `forbidden`: the administrator may not do this. `unavailable`: no answer, whatever the reason; it may
 * have been done. `reply`: the server answered with an error, or the request was not sent because it is wrong.
 */
export class RedisAclFailed extends Schema.TaggedError<RedisAclFailed>()("RedisUsersFailed", {
  operation: Schema.String,
  reason: Schema.Literals(["unavailable", "refused", "forbidden", "absent", "reply"]),
  /** Begins with the node that failed, if one did. */
  detail: Schema.String
}) {
  override get message() {
    return `${this.operation} failed (${this.reason}): ${this.detail}`
  }
}

/** The result of a change on one node. */
export interface NodeChanged {
  /** `host:port`. */
  readonly node: string
  /** It survives a restart of the node. */
  readonly saved: boolean
  /** Why not; empty when it was saved. */
  readonly detail: string
}

/** One connection in a server's list of clients. */
export interface ClientSeen {
  readonly node: string
  readonly id: number
  /** `<program>:<instance>:g<generation>` when it is one of ours; empty when it has none. */
  readonly name: string
  readonly user: string
}

/**
 * Manages the passwords of the user that MUTT logs in to Redis as (`REDIS_USER`, else `default`), on every node:
 * replicas too, since each node keeps users of its own. Passwords are named by their SHA-256 in hexadecimal; none is
 * ever sent or seen.
 *
 * A user may have several passwords at a time. Open connections stay logged in when theirs is removed.
 */
export class RedisAcl extends Context.Service<RedisAcl, {
  /** Whether the administrator (`REDIS_ADMIN_USER`, else `default`) is the same user. */
  readonly administratorToo: Effect.Effect<boolean>
  /** Adds a password; one that is there already is no failure. */
  readonly addPassword: (sha256: string) => Effect.Effect<ReadonlyArray<NodeChanged>, RedisAclFailed>
  /** Removes a password; one that is not there is no failure. To remove a node's only password fails with `reply`. */
  readonly removePassword: (sha256: string) => Effect.Effect<ReadonlyArray<NodeChanged>, RedisAclFailed>
  /** Node → passwords the user has there. */
  readonly passwords: Effect.Effect<ReadonlyMap<string, ReadonlySet<string>>, RedisAclFailed>
  /** Every connection of every node, of all users. */
  readonly clients: Effect.Effect<ReadonlyArray<ClientSeen>, RedisAclFailed>
}>()("mutt/layers/redis/RedisAcl") {}

/** The user MUTT logs in as where none is configured. */
export const defaultUser = "default"
