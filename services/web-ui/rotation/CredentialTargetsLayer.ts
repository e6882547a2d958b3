import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Effect, Layer, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Environment } from "../../../layers/environment/Environment.ts"
import { randomBytes } from "../../../layers/random/secureRandom.ts"
import { defaultUser, type NodeChanged, RedisAcl, type RedisAclFailed } from "../../../layers/redis/RedisAcl.ts"
import type { ServerSession } from "../../../src/domain/Rotation.ts"
import { Program } from "../../../src/domain/Settings.ts"
import { saslprepChanges, scramVerifier } from "../../../src/logic/scramVerifier.ts"
import { CredentialTargets, LoginServerFailed } from "./CredentialTargets.ts"

const decodeNames = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ name: Schema.String })))

/** Asks PostgreSQL as the programs' own role, which may change its password, and Redis as its administrator. */
export const CredentialTargetsLayer = Layer.effect(
  CredentialTargets,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const users = yield* RedisAcl
    const { redis: { username = defaultUser } } = yield* Environment

    const postgresFailed = (detail: string) => new LoginServerFailed({ server: "PostgreSQL", detail })
    const redisFailed = ({ detail, reason }: RedisAclFailed) =>
      new LoginServerFailed({
        server: "Redis",
        detail: reason === "absent"
          ? `REDIS_ADMIN_PASS is not in the secret store, and without it users of Redis cannot be changed.`
          : detail
      })

    return CredentialTargets.of({
      postgres: {
        shared: Effect.succeed(undefined),
        accept: Effect.fn("LoginServers.postgres.accept")(function*(password: Redacted.Redacted) {
          const text = Redacted.value(password)
          if (saslprepChanges(text)) {
            return yield* postgresFailed("NEXT holds letters that clients write differently; take plain ones.")
          }
          // Only the verifier reaches the wire and the server's logs. It is Base64 and needs no quoting.
          const verifier = scramVerifier(text, randomBytes(16))
          yield* sql`ALTER ROLE CURRENT_USER PASSWORD '${sql.literal(verifier)}'`.pipe(
            Effect.mapError(({ reason }) => postgresFailed(`ALTER ROLE failed (${reason._tag}).`))
          )
          return ""
        }),
        revoke: () => Effect.succeed(""),
        sessions: sql`SELECT application_name AS name FROM pg_stat_activity
          WHERE usename = current_user AND backend_type = 'client backend'`.pipe(
          Effect.flatMap(decodeNames),
          Effect.catchTag("SchemaError", Effect.die),
          Effect.map((rows) => rows.flatMap(({ name }) => sessionIn(name, "/"))),
          Effect.mapError(({ reason }) => postgresFailed(`pg_stat_activity cannot be read (${reason._tag}).`))
        )
      },
      redis: {
        shared: Effect.map(users.administratorToo, (too) =>
          too
            ? `The administrator of Redis (REDIS_ADMIN_USER) is the programs' user ${username} too, so its password would be `
              + "retired with theirs. Make an ACL user for the programs and set REDIS_USER to it, or set REDIS_ADMIN_USER to another."
            : undefined),
        accept: (password) =>
          Effect.mapBoth(users.addPassword(hash(password)), { onSuccess: unsaved, onFailure: redisFailed }),
        revoke: (password) =>
          Effect.mapBoth(users.removePassword(hash(password)), { onSuccess: unsaved, onFailure: redisFailed }),
        sessions: Effect.mapBoth(users.clients, {
          onSuccess: (clients) =>
            clients.filter(({ user }) => user === username).flatMap(({ name }) => sessionIn(name, ":")),
          onFailure: redisFailed
        })
      }
    })
  })
)

const hash = (password: Redacted.Redacted): string => bytesToHex(sha256(utf8ToBytes(Redacted.value(password))))

/** Names the nodes that forget their users at a restart. That would lock everybody out, or accept the old password. */
const unsaved = (nodes: ReadonlyArray<NodeChanged>): string =>
  nodes.filter(({ saved }) => !saved).map(({ detail, node }) => `${node} forgets it at its next restart: ${detail}.`)
    .join(" ")

const isProgram = Schema.is(Program)

/** Reads `<program>/<instance>/g<generation>`; other names are of other clients. */
const sessionIn = (name: string, separator: string): ReadonlyArray<ServerSession> => {
  const [program, ...rest] = name.split(separator)
  const generation = /^g(\d{1,9})$/.exec(rest.pop() ?? "")?.[1]
  return isProgram(program) && generation !== undefined && rest.length > 0
    ? [{ program, instance: rest.join(separator), generation: Number(generation) }]
    : []
}
