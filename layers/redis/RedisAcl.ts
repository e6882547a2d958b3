import { Context, type Effect, Schema } from "effect"

/**
 * A node could not be asked, or did not do it. What other nodes did stays done; everything here may be repeated.
 *
 * `absent`: the store holds no administrator's credential (`REDIS_ADMIN_PASS`). `refused`: it does, and the server refuses it.
 * `forbidden`: it logs in, but may not do this. `unavailable`: no answer, whatever the reason; it may or may not have been done.
 * `reply`: the server, or we, said no.
 */
export class RedisAclFailed extends Schema.TaggedError<RedisAclFailed>()("RedisUsersFailed", {
  operation: Schema.String,
  reason: Schema.Literals(["unavailable", "refused", "forbidden", "absent", "reply"]),
  /** Begins with the node, when there is one to blame. */
  detail: Schema.String
}) {
  override get message() {
    return `${this.operation} failed (${this.reason}): ${this.detail}`
  }
}

/** What a change came to on one node. */
export interface NodeChanged {
  /** `host:port`. */
  readonly node: string
  /** It outlives a restart of the node. */
  readonly saved: boolean
  /** Why not; empty when it was saved. */
  readonly detail: string
}

/** One connection as a server sees it. */
export interface ClientSeen {
  readonly node: string
  readonly id: number
  /** `<program>:<instance>:g<generation>` when it is one of ours; empty when it has none. */
  readonly name: string
  /** ACL user it is logged in as. */
  readonly user: string
}

/**
 * The user that MUTT logs in to Redis as (`REDIS_USER`, else `default`), as an administrator sees it, on every node: replicas too,
 * since each node keeps users of its own. Passwords are named by their SHA-256 in hexadecimal; none is ever sent or seen.
 *
 * A user may have several passwords at a time. Open connections stay logged in when theirs is removed.
 */
export class RedisAcl extends Context.Service<RedisAcl, {
  /** Does the administrator (`REDIS_ADMIN_USER`, else `default`) log in as the same user? */
  readonly administratorToo: Effect.Effect<boolean>
  /** Adds a password beside those there are. One that is there already is no failure. */
  readonly addPassword: (sha256: string) => Effect.Effect<ReadonlyArray<NodeChanged>, RedisAclFailed>
  /** One that is not there is no failure. A node's only password is never removed: that fails with `reply`. */
  readonly removePassword: (sha256: string) => Effect.Effect<ReadonlyArray<NodeChanged>, RedisAclFailed>
  /** Node → passwords the user has there. */
  readonly passwords: Effect.Effect<ReadonlyMap<string, ReadonlySet<string>>, RedisAclFailed>
  /** Every connection of every node, of all users. */
  readonly clients: Effect.Effect<ReadonlyArray<ClientSeen>, RedisAclFailed>
}>()("mutt/layers/redis/RedisAcl") {}

/** Who MUTT logs in as where no user is named. */
export const defaultUser = "default"

/** Anything but a hash would be a modifier of its own to `ACL SETUSER`, or a password in the clear. */
export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
