import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { configKeys } from "../../../layers/config/keys.ts"
import { queueKeys } from "../../../layers/queue/keys.ts"
import { Redis, type RedisArgument } from "../../../layers/redis/Redis.ts"
import { RedisAcl } from "../../../layers/redis/RedisAcl.ts"
import {
  administratorCommands,
  administratorRules,
  channelPatterns,
  keyPatterns,
  laterCommands,
  programCommands,
  programRules,
  sentinelCommands
} from "../../../layers/redis/rights.ts"
import { type RedisServer, redisServer } from "../../support/servers.ts"
import { connected, redisAdmin } from "../connections.ts"
import { commandsInCode, commandTable } from "./commandsInCode.ts"

interface World {
  readonly server: RedisServer
  readonly admin: Redis["Service"]
  /** As the programs log in. */
  readonly programs: Redis["Service"]
}
class RightsWorld extends Context.Service<RightsWorld, World>()("test/RightsWorld") {}

const as = (server: RedisServer, username: string, password: string) =>
  Effect.gen(function*() {
    const { redis } = yield* connected({ redis: { port: server.port, username } }, { REDIS_PASS: password })
    return yield* Effect.provide(Redis, yield* Layer.build(redis))
  })

const world = (flavour: "redis" | "valkey") =>
  Layer.effect(
    RightsWorld,
    Effect.gen(function*() {
      const server = yield* redisServer({ flavour, settings: { "enable-debug-command": "yes" } })
      return { server, admin: yield* redisAdmin(server), programs: yield* as(server, server.user, server.password) }
    })
  )

type Command = readonly [string, ...ReadonlyArray<RedisArgument>]

/** What is said to a command; `done` when nothing is wrong. */
const said = (redis: Redis["Service"], command: Command) =>
  redis.command(...command).pipe(Effect.as("done"), Effect.catch(({ detail }) => Effect.succeed(detail)))

const mine = "mutt:{ingest}:x"
const forbidden: ReadonlyArray<Command> = [
  ["KEYS", "*"],
  ["SCAN", "0"],
  ["RANDOMKEY"],
  ["FUNCTION", "LOAD", "#!lua name=evil\nredis.register_function('f', function() return 1 end)"],
  ["FUNCTION", "LIST"],
  ["SCRIPT", "FLUSH"],
  ["SCRIPT", "KILL"],
  ["SWAPDB", 0, 1],
  ["SELECT", 1],
  ["FLUSHALL"],
  ["FLUSHDB"],
  ["CONFIG", "GET", "*"],
  ["CONFIG", "SET", "appendonly", "no"],
  ["ACL", "WHOAMI"],
  ["ACL", "SETUSER", "evil", "on", "nopass", "+@all", "~*"],
  ["ACL", "LIST"],
  ["DEBUG", "SLEEP", 0],
  ["MONITOR"],
  ["CLIENT", "LIST"],
  ["CLIENT", "KILL", "ID", 1],
  ["CLIENT", "PAUSE", 1],
  ["SAVE"],
  ["BGREWRITEAOF"],
  ["SHUTDOWN", "NOSAVE"],
  ["REPLICAOF", "NO", "ONE"],
  ["SLOWLOG", "GET"],
  ["LATENCY", "RESET"],
  ["MODULE", "LIST"],
  ["MIGRATE", "127.0.0.1", 1, mine, 0, 10],
  ["DUMP", mine],
  ["RESTORE", mine, 0, "x"],
  ["OBJECT", "ENCODING", mine],
  ["SORT", mine],
  ["PSUBSCRIBE", "*"],
  ["XGROUP", "DESTROY", mine, "alerter"],
  ["XGROUP", "SETID", mine, "alerter", "$"],
  ["XTRIM", mine, "MAXLEN", 0],
  ["CLUSTER", "RESET"],
  ["CLUSTER", "FAILOVER"],
  // Known commands, with what belongs to others.
  ["HGET", "other", "field"],
  ["HSET", "mutt:{other}", "field", "value"],
  ["HGETALL", "mutt:{ingestors}"],
  ["DEL", "mutt:{ingest}s"],
  ["RENAME", mine, "other"],
  ["PUBLISH", "other", "text"],
  ["PUBLISH", "mutt:{ingest}:x", "text"],
  ["SUBSCRIBE", "__keyspace@0__:x"],
  ["EVAL", "return 1", 1, "other"],
  ["EVAL", "return redis.call('HGET', 'other', 'field')", 0],
  ["EVAL", "return redis.call('KEYS', '*')", 0],
  ["EVAL", "return redis.call('CONFIG', 'GET', '*')", 0],
  ["EVAL", "return redis.call('PUBLISH', 'other', 'text')", 0]
]

/** What the rights of the programs' user of Redis are, and that there are no others. */
export const rightsSuite = (flavour: "redis" | "valkey") => {
  layer(Layer.provideMerge(world(flavour), Logger.layer([])), { excludeTestServices: true })(
    `Rights on ${flavour}`,
    (it) => {
      it.effect("are the commands of the code: none is missing, and none is more", () =>
        Effect.gen(function*() {
          const { admin } = yield* RightsWorld
          const table = commandTable(yield* admin.command("COMMAND"))
          const found = commandsInCode(table)
          const by = (pick: (file: string) => boolean) =>
            [...new Set(found.filter(({ file }) => pick(file)).map(({ command }) => command))].sort()
          const [aclFile, sentinelFile] = ["layers/redis/RedisAclLayer.ts", "layers/redis/sentinel.ts"]
          const known = Object.keys(laterCommands).filter((name) => table.has(name))
          // Asked for to see whether it is refused.
          const asked = by((file) => file !== aclFile && file !== sentinelFile && file !== "layers/http/rightsCheck.ts")
          assert.deepStrictEqual(asked, [...programCommands, ...known].sort())
          const connects = ["auth", "client|setname", "ping"]
          const finds = ["cluster|nodes", "cluster|slots"]
          assert.deepStrictEqual(
            [...by((file) => file === aclFile), ...connects, ...finds].sort(),
            administratorCommands.toSorted()
          )
          assert.sameMembers(
            [
              ...connects,
              ...by((file) => file === sentinelFile),
              "sentinel|get-master-addr-by-name",
              "sentinel|replicas"
            ],
            sentinelCommands.slice()
          )
        }))

      it.effect("are what the server says the user has", () =>
        Effect.gen(function*() {
          const { admin, server } = yield* RightsWorld
          const reply = yield* admin.command("ACL", "GETUSER", server.user)
          const fields = Array.isArray(reply) ? reply.map(String) : []
          const field = (name: string) => fields[fields.indexOf(name) + 1] ?? ""
          assert.sameMembers(field("keys").split(" "), keyPatterns("mutt:{ingest}").map((pattern) => `~${pattern}`))
          assert.sameMembers(field("channels").split(" "), channelPatterns.map((pattern) => `&${pattern}`))
          // In the words of Redis 7.0 these are a list of categories and exceptions, so each command is asked for.
          const allowed: Array<string> = []
          for (const [name, { arity }] of commandTable(yield* admin.command("COMMAND"))) {
            const words = [...name.split("|"), ...Array.from({ length: Math.abs(arity) }, () => "x")]
            const answer = yield* admin.command("ACL", "DRYRUN", server.user, ...words.slice(0, Math.abs(arity))).pipe(
              Effect.map(String),
              Effect.catch(({ detail }) => Effect.succeed(detail))
            )
            if (!/no permissions to run/i.test(answer)) allowed.push(name)
          }
          const later = flavour === "valkey" ? Object.keys(laterCommands) : []
          // Whoever has not logged in may say these.
          assert.sameMembers(allowed, [...programCommands, ...later, "quit", "reset"])
        }))

      it.effect("cover every key and channel there is, of any queue", () =>
        Effect.gen(function*() {
          const { admin, server } = yield* RightsWorld
          const names = ["mutt:{ingest}", "mutt:ingest_queue", "a*[b]?\\c", "two words"]
          for (const queueName of names) {
            const rules = programRules({ queueName, knowsLater: false })
            yield* admin.command("ACL", "SETUSER", "other", "reset", "on", ">password", ...rules)
            const other = yield* as(server, "other", "password")
            for (const key of [...Object.values(queueKeys(queueName)), configKeys.hash, configKeys.instances]) {
              assert.strictEqual(yield* said(other, ["DEL", key]), "done", key)
            }
            assert.include(yield* said(other, ["DEL", "aXb"]), "NOPERM")
            assert.include(yield* said(other, ["DEL", `${queueName}s`]), "NOPERM")
            for (const channel of [configKeys.channel, configKeys.reports]) {
              assert.strictEqual(yield* said(other, ["PUBLISH", channel, "x"]), "done", channel)
            }
          }
        }).pipe(Effect.scoped))

      it.effect("are no others: what an intruder would want is refused", () =>
        Effect.gen(function*() {
          const { programs } = yield* RightsWorld
          for (const command of forbidden) {
            assert.match(
              yield* said(programs, command),
              /NOPERM|ACL failure in script|executing the script can't|is not allowed from script/,
              command.join(" ")
            )
          }
        }))

      it.effect("of the administrator are enough to rotate, and touch no key", () =>
        Effect.gen(function*() {
          const { admin, server } = yield* RightsWorld
          yield* admin.command("ACL", "SETUSER", "mutt_admin", "reset", ">password", ...administratorRules)
          const { users } = yield* connected({ redis: { port: server.port, username: server.user } }, {
            REDIS_ADMIN_USER: "mutt_admin",
            REDIS_ADMIN_PASS: "password"
          })
          const acl = yield* Effect.provide(RedisAcl, yield* Layer.build(users))
          const fresh = "a".repeat(64)
          assert.deepStrictEqual((yield* acl.addPassword(fresh)).map(({ saved }) => saved), [true])
          assert.deepStrictEqual((yield* acl.removePassword(fresh)).map(({ saved }) => saved), [true])
          assert.isAbove((yield* acl.clients).length, 0)
          const intruder = yield* as(server, "mutt_admin", "password")
          const allowed = new Set(administratorCommands.map((name) => name.replace("|", " ").toUpperCase()))
          const untouched: ReadonlyArray<Command> = [
            ["HGET", mine, "x"],
            ["XADD", mine, "*", "a", "b"],
            ["EVAL", "return 1", 0],
            ["ACL", "DELUSER", "mutt_app"],
            ["ACL", "LOAD"],
            ...forbidden.filter((command) => !allowed.has(command.slice(0, 2).join(" ")))
          ]
          assert.isAbove(untouched.length, forbidden.length)
          for (const command of untouched) {
            assert.include(yield* said(intruder, command), "NOPERM", command.join(" "))
          }
        }).pipe(Effect.scoped))
    }
  )
}
