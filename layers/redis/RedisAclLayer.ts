import { Effect, Layer, Option, Redacted } from "effect"
import { redisContext } from "./connect.ts"
import type { RedisFailed } from "./Redis.ts"
import { type ClientSeen, defaultUser, type NodeChanged, RedisAcl, RedisAclFailed } from "./RedisAcl.ts"
import { detailOf, type LoginFailed, loginWith, nodeName, withShortLivedConnection } from "./shortLivedConnection.ts"
import { makeTopology } from "./topology.ts"

type Send = (...command: readonly [string, ...ReadonlyArray<string>]) => Effect.Effect<unknown, RedisAclFailed>

/**
 * Logs in as the administrator (`REDIS_ADMIN_USER`, `REDIS_ADMIN_PASS`) for each call, on one short-lived connection
 * per node.
 */
export const RedisAclLayer = Layer.effect(
  RedisAcl,
  Effect.gen(function*() {
    const context = yield* redisContext
    const { config, secrets } = context
    const user = config.redis.username ?? defaultUser
    const administrator = Effect.map(
      Effect.option(secrets.text("REDIS_ADMIN_USER")),
      Option.match({ onNone: () => defaultUser, onSome: Redacted.value })
    )

    /** Does `work` on every node, also after it failed on one, and fails with the first failure. */
    const onEveryNode = Effect.fnUntraced(function*<A>(
      operation: string,
      work: (send: Send, node: string) => Effect.Effect<A, RedisAclFailed>
    ) {
      const login = loginWith(context, "REDIS_ADMIN_PASS", yield* administrator, "admin")
      const nodes = yield* Effect.mapError(makeTopology(context, login).all, failureFrom(operation))
      const results = yield* Effect.forEach(nodes, (address) => {
        const node = nodeName(address)
        const asFailure = failureFrom(operation, node)
        return withShortLivedConnection(login, address).pipe(
          Effect.mapError(asFailure),
          Effect.flatMap((ask) => work((name, ...args) => Effect.mapError(ask(name, ...args), asFailure), node)),
          Effect.scoped,
          Effect.result
        )
      }, { concurrency: 4 })
      return yield* Effect.forEach(results, Effect.fromResult)
    })

    const passwordsOn = Effect.fnUntraced(function*(operation: string, send: Send, node: string) {
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
      work: (send: Send, node: string, passwords: ReadonlySet<string>) => Effect.Effect<unknown, RedisAclFailed>
    ) =>
      isSha256(sha256)
        ? onEveryNode(operation, (send, node) =>
          passwordsOn(operation, send, node).pipe(
            Effect.flatMap((passwords) => work(send, node, passwords)),
            Effect.andThen(save(send, node))
          ))
        : failed(operation, "reply", "this is no SHA-256")

    return RedisAcl.of({
      administratorToo: Effect.map(administrator, (name) => name === user),
      addPassword: (sha256) => change("addPassword", sha256, (send) => send("ACL", "SETUSER", user, `#${sha256}`)),
      removePassword: (sha256) =>
        change("removePassword", sha256, (send, node, passwords) => {
          if (!passwords.has(sha256)) return Effect.void
          return passwords.size === 1
            ? failed("removePassword", "reply", `${node}: it is the only password`)
            : send("ACL", "SETUSER", user, `!${sha256}`)
        }),
      passwords: Effect.map(
        onEveryNode(
          "passwords",
          (send, node) => Effect.map(passwordsOn("passwords", send, node), (passwords) => [node, passwords] as const)
        ),
        (entries) => new Map(entries)
      ),
      clients: Effect.map(
        onEveryNode("clients", (send, node) => Effect.map(send("CLIENT", "LIST"), (reply) => clientsIn(node, reply))),
        (lists) => lists.flat()
      )
    })
  })
)

/** Keeps anything but a hash out of `ACL SETUSER`, which would take it for another rule or a password in the clear. */
const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

const failed = (operation: string, reason: RedisAclFailed["reason"], detail: string) =>
  new RedisAclFailed({ operation, reason, detail })

const failureFrom = (operation: string, node?: string) => (error: LoginFailed | RedisFailed) =>
  failed(operation, reasonOf(error), `${node === undefined ? "" : `${node}: `}${detailOf(error)}`)

const reasonOf = (error: LoginFailed | RedisFailed): RedisAclFailed["reason"] => {
  switch (error._tag) {
    case "SecretMissing":
      return "absent"
    case "RedisRefused":
    case "BothCredentialsRefused":
      return "refused"
    case "RedisUnreachable":
      return "unavailable"
    case "RedisFailed":
      return error.reason !== "reply" ? "unavailable" : error.detail.startsWith("NOPERM") ? "forbidden" : "reply"
  }
}

/** A server without an ACL file answers with an error, and keeps the change as long as it runs. */
const save = (send: Send, node: string): Effect.Effect<NodeChanged, RedisAclFailed> =>
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

const clientsIn = (node: string, reply: unknown): ReadonlyArray<ClientSeen> =>
  String(reply).split("\n").filter((line) => line !== "").map((line) => {
    const fields = new Map(
      line.trim().split(" ").map((field) => {
        const at = field.indexOf("=")
        return [field.slice(0, at), field.slice(at + 1)]
      })
    )
    return { node, id: Number(fields.get("id")), name: fields.get("name") ?? "", user: fields.get("user") ?? "" }
  })
