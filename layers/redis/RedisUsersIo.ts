import { Effect, FileSystem, Layer, Redacted } from "effect"
import type { Candidate } from "../../src/domain/Credential.ts"
import { StaticConfig } from "../config/StaticConfig.ts"
import { withFallback } from "../secret/fallback.ts"
import { Secrets } from "../secret/Secrets.ts"
import { openSocket } from "./handshake.ts"
import { clientName, isRefused } from "./link.ts"
import { type ClientSeen, defaultUser, isSha256, type NodeChanged, RedisUsers, RedisUsersFailed } from "./RedisUsers.ts"
import { onceOver, sendOn } from "./wire.ts"

type Send = (...command: readonly [string, ...ReadonlyArray<string>]) => Effect.Effect<unknown, RedisUsersFailed>

const answerMs = 3_000

/** Logs in as the administrator (`REDIS_ADMIN_USER`, `REDIS_ADMIN_PASS`) for each call, on one short-lived connection per node. */
export const RedisUsersIo = Layer.effect(
  RedisUsers,
  Effect.gen(function*() {
    const config = yield* StaticConfig
    const secrets = yield* Secrets
    const ca = config.redis.caPath === undefined
      ? undefined
      : yield* (yield* FileSystem.FileSystem).readFileString(config.redis.caPath).pipe(Effect.orDie)
    const user = config.redis.username ?? defaultUser
    const nodes = Effect.succeed([{ host: config.redis.host, port: config.redis.port }])

    /** Does `work` on every node, also when it failed on another, and fails with the first failure. */
    const everywhere = Effect.fnUntraced(function*<A>(
      operation: string,
      work: (send: Send, node: string) => Effect.Effect<A, RedisUsersFailed>
    ) {
      const username = yield* secrets.text("REDIS_ADMIN_USER").pipe(
        Effect.map(Redacted.value),
        Effect.orElseSucceed(() => defaultUser)
      )
      const results = yield* Effect.forEach(yield* nodes, ({ host, port }) => {
        const node = `${host}:${port}`
        const login = ({ value }: Candidate) =>
          openSocket({
            address: { ...config.redis, host, port, username },
            ca,
            password: value,
            clientName: clientName(config, "admin")
          })
        return Effect.gen(function*() {
          const socket = yield* withFallback(secrets, "REDIS_ADMIN_PASS", login, isRefused).pipe(
            Effect.mapError((error) =>
              failed(
                operation,
                error._tag === "SecretMissing"
                  ? "absent"
                  : error._tag === "BothCredentialsRefused"
                  ? "refused"
                  : "unavailable",
                `${node}: ${error._tag === "RedisUnreachable" ? error.detail : error.message}`
              )
            )
          )
          const io = yield* onceOver(socket, answerMs)
          const send: Send = (name, ...args) =>
            Effect.mapError(sendOn(io, name, args), (error) =>
              error._tag === "Unsent"
                ? failed(operation, "unavailable", `${node}: the connection closed`)
                : failed(
                  operation,
                  error.reason !== "reply" ? "unavailable" : error.detail.startsWith("NOPERM") ? "forbidden" : "reply",
                  `${node}: ${error.detail}`
                ))
          return yield* work(send, node)
        }).pipe(Effect.scoped, Effect.result)
      }, { concurrency: 4 })
      return yield* Effect.forEach(results, Effect.fromResult)
    })

    const held = Effect.fnUntraced(function*(operation: string, send: Send, node: string) {
      const reply = yield* send("ACL", "GETUSER", user)
      const at = Array.isArray(reply) ? reply.indexOf("passwords") : -1
      const found: unknown = Array.isArray(reply) ? reply[at + 1] : undefined
      return at !== -1 && Array.isArray(found)
        ? new Set(found.map(String))
        : yield* failed(operation, "reply", `${node}: there is no user ${user}`)
    })

    const change = (
      operation: string,
      sha256: string,
      work: (send: Send, node: string, held: ReadonlySet<string>) => Effect.Effect<unknown, RedisUsersFailed>
    ) =>
      isSha256(sha256)
        ? everywhere(operation, (send, node) =>
          held(operation, send, node).pipe(
            Effect.flatMap((passwords) => work(send, node, passwords)),
            Effect.andThen(save(send, node))
          ))
        : failed(operation, "reply", "this is no SHA-256")

    return RedisUsers.of({
      addPassword: (sha256) => change("addPassword", sha256, (send) => send("ACL", "SETUSER", user, `#${sha256}`)),
      removePassword: (sha256) =>
        change("removePassword", sha256, (send, node, passwords) => {
          if (!passwords.has(sha256)) return Effect.void
          return passwords.size === 1
            ? failed("removePassword", "reply", `${node}: it is the only password`)
            : send("ACL", "SETUSER", user, `!${sha256}`)
        }),
      passwords: Effect.map(
        everywhere(
          "passwords",
          (send, node) => Effect.map(held("passwords", send, node), (passwords) => [node, passwords] as const)
        ),
        (entries) => new Map(entries)
      ),
      clients: Effect.map(
        everywhere("clients", (send, node) => Effect.map(send("CLIENT", "LIST"), (reply) => seenOn(node, reply))),
        (lists) => lists.flat()
      )
    })
  })
)

const failed = (operation: string, reason: RedisUsersFailed["reason"], detail: string) =>
  new RedisUsersFailed({ operation, reason, detail })

/** A server without an ACL file answers with an error, and keeps the change as long as it runs. */
const save = (send: Send, node: string): Effect.Effect<NodeChanged, RedisUsersFailed> =>
  send("ACL", "SAVE").pipe(
    Effect.as({ node, saved: true, detail: "" }),
    Effect.catchIf(
      ({ reason }) => reason === "reply" || reason === "forbidden",
      ({ detail }) =>
        Effect.succeed({
          node,
          saved: false,
          detail: detail.includes("not configured to use an ACL file") ? "no ACL file is configured" : detail
        })
    )
  )

const seenOn = (node: string, reply: unknown): ReadonlyArray<ClientSeen> =>
  String(reply).split("\n").filter((line) => line !== "").map((line) => {
    const fields = new Map(
      line.trim().split(" ").map((field) => {
        const at = field.indexOf("=")
        return [field.slice(0, at), field.slice(at + 1)]
      })
    )
    return { node, id: Number(fields.get("id")), name: fields.get("name") ?? "", user: fields.get("user") ?? "" }
  })
