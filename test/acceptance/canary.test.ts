import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, type Scope } from "effect"
import { createHash, randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { createConnection } from "node:net"
import { Environment } from "../../layers/environment/Environment.ts"
import { InstancesRedis } from "../../layers/instances/InstancesRedis.ts"
import { SecretInstances, secretTopic } from "../../layers/instances/SecretInstances.ts"
import { SecretInstancesRedis } from "../../layers/instances/SecretInstancesRedis.ts"
import { Redis } from "../../layers/redis/Redis.ts"
import { scramVerifier } from "../../src/logic/scramVerifier.ts"
import { postgresAdmin, redisAdmin, staticConfig } from "../layers/connections.ts"
import { eventually } from "../support/eventually.ts"
import { fourPrograms } from "../support/fourPrograms.ts"
import type { RedisServer } from "../support/servers.ts"

/** A word that nothing but these secrets says. */
const mark = "hushed"
const canary = (name: string) => `${mark}-${name}-${randomBytes(12).toString("hex")}`

/** Everything that the server says of its commands, from now on. */
const monitor = (server: RedisServer): Effect.Effect<() => string, never, Scope.Scope> =>
  Effect.gen(function*() {
    let text = ""
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => createConnection({ host: server.host, port: server.port })),
      (socket) => Effect.sync(() => socket.destroy())
    )
    socket.on("data", (bytes) => void (text += bytes.toString()))
    socket.write(`AUTH default ${decodeURIComponent(new URL(server.adminUrl).password)}\r\nMONITOR\r\n`)
    yield* Effect.suspend(() => text.startsWith("+OK\r\n+OK\r\n") ? Effect.void : Effect.fail("not yet")).pipe(
      eventually
    )
    return () => text
  }).pipe(Effect.orDie)

const get = (url: string, key: string) =>
  Effect.promise(async () => {
    const answer = await fetch(url, { headers: { "x-api-key": key } })
    return `${answer.status} ${[...answer.headers].join()} ${await answer.text()}`
  })

describe("a secret", () => {
  it.live(
    "is told nowhere while programs log in with it, are refused with it, and are told of it",
    () =>
      Effect.gen(function*() {
        const stack = yield* fourPrograms({ settings: { LOG_LEVEL: "debug" } })
        const { keys, postgres, programs, redis, secrets, setSecrets } = stack
        const sql = yield* postgresAdmin(postgres)
        yield* sql.unsafe("ALTER SYSTEM SET log_statement = 'all'")
        yield* sql.unsafe("ALTER SYSTEM SET log_connections = on")
        yield* sql.unsafe("SELECT pg_reload_conf()")
        const store = yield* redisAdmin(redis)
        const commands = yield* monitor(redis)
        const board = yield* Effect.provide(
          SecretInstances,
          yield* Layer.build(SecretInstancesRedis.pipe(
            Layer.provide(InstancesRedis),
            Layer.provide([Layer.succeed(Redis, store), Layer.succeed(Environment, staticConfig({}))])
          ))
        )
        const cut = Effect.gen(function*() {
          yield* store.command("CLIENT", "KILL", "USER", redis.user)
          yield* sql.unsafe(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${postgres.user}'`)
        })
        /** Waits until all four report and all that they say of this secret is so. */
        const all = (name: string, is: (holding: { readonly slots: object; readonly open: string }) => boolean) =>
          eventually(Effect.gen(function*() {
            const { instances } = yield* board.list
            if (new Set(instances.map(({ program }) => program)).size < 4) return yield* Effect.fail("not all")
            for (const { holdings } of instances) {
              const { connections, generation = 0, slots = {} } = holdings[name] ?? {}
              const open = connections === undefined ? "none" : Object.keys(connections).join()
              if (!is({ slots, open: open === String(generation) ? "newest" : open })) {
                return yield* Effect.fail("not yet")
              }
            }
            return instances
          }))

        // Nobody knows these: every login is refused until the store is mended.
        const wrong = { DB_PASS_CURRENT: canary("db-wrong"), REDIS_PASS_CURRENT: canary("redis-wrong") }
        yield* setSecrets({ ...secrets, ...wrong, DB_PASS_NEXT: canary("db-wrong-too"), REDIS_PASS_NEXT: canary("no") })
        const wrongOnes = yield* board.fingerprint(Redacted.make(wrong.DB_PASS_CURRENT))
        yield* all("DB_PASS", ({ slots }) => Object.values(slots).includes(wrongOnes))
        yield* cut
        // A program with nothing to do may not miss a connection until it is asked whether it is ready.
        const says = (name: keyof typeof programs, word: string) =>
          get(`${programs[name].url}/readyz`, keys.admin).pipe(
            Effect.andThen(Effect.sync(() => readFileSync(programs[name].log, "utf8"))),
            Effect.filterOrFail((log) => log.includes(word), () => "not yet"),
            eventually
          )
        yield* Effect.forEach(["alerter", "web-ui"] as const, (name) => says(name, "Every value of DB_PASS"))
        yield* Effect.forEach(
          ["alerter", "ingestor", "moog-forwarder", "web-ui"] as const,
          (name) => says(name, "Every value of REDIS_PASS")
        )
        const down = yield* Effect.forEach(
          Object.values(programs),
          ({ url }) => get(`${url}/readyz`, keys.admin),
          { concurrency: 4 }
        )

        // And these the servers are told.
        const right = { DB_PASS_CURRENT: canary("db"), REDIS_PASS_CURRENT: canary("redis") }
        const viewer = canary("viewer")
        const hash = createHash("sha256").update(right.REDIS_PASS_CURRENT).digest("hex")
        yield* store.command("ACL", "SETUSER", redis.user, `#${hash}`)
        yield* sql.unsafe(
          `ALTER ROLE ${postgres.user} PASSWORD '${scramVerifier(right.DB_PASS_CURRENT, randomBytes(16))}'`
        )
        yield* setSecrets({ ...secrets, ...right, VIEWER_API_KEY_NEXT: viewer, MOOG_API_KEY_NEXT: canary("moog") })
        yield* all(
          "DB_PASS",
          ({ open, slots }) => !Object.values(slots).includes(wrongOnes) && ["newest", "none", ""].includes(open)
        )
        const request = yield* board.prove("DB_PASS", yield* board.fingerprint(Redacted.make(right.DB_PASS_CURRENT)))
        const instances = yield* eventually(Effect.gen(function*() {
          const { instances } = yield* board.list
          const proofs = instances.flatMap(({ holdings }) => holdings["DB_PASS"]?.proof ?? [])
          return proofs.length === 2 && proofs.every((proof) => proof.request === request && proof.ok)
            ? instances
            : yield* Effect.fail("not yet")
        }))
        const told = instances.map(({ holdings, program }) =>
          `${program}: ${
            Object.keys(holdings).filter((name) => holdings[name]?.connections !== undefined).sort().join()
          }`
        )
        assert.deepStrictEqual(told.sort(), [
          "alerter: DB_PASS,REDIS_PASS",
          "ingestor: REDIS_PASS",
          "moog-forwarder: REDIS_PASS",
          "web-ui: DB_PASS,REDIS_PASS"
        ])

        const pages = yield* Effect.forEach(Object.values(programs), ({ url }) =>
          Effect.gen(function*() {
            yield* eventually(
              Effect.filterOrFail(get(`${url}/readyz`, viewer), (text) => text.startsWith("200"), () => "not yet")
            )
            const paths = ["/", "/readyz", "/health", "/metrics", "/admin/config"]
            return yield* Effect.forEach(
              [viewer, keys.admin, canary("unknown")],
              (key) => Effect.forEach(paths, (path) => get(`${url}${path}`, key))
            )
          }))
        assert.isTrue(
          pages.flat(2).some((page) => page.startsWith("200") && page.includes("\"role\":\"viewer\""))
        )
        const reports = String(yield* store.command("HGETALL", secretTopic.key))
        yield* Effect.forEach(Object.values(programs), ({ stop }) => stop, { concurrency: 4 })
        assert.deepStrictEqual((yield* board.list).instances, [])

        const logs = Object.values(programs).map(({ log }) => readFileSync(log, "utf8"))
        for (const line of logs.flatMap((text) => text.trim().split("\n"))) assert.isObject(JSON.parse(line))
        const said = {
          logs: logs.join(),
          pages: [...pages.flat(2), ...down].join(),
          reports,
          postgres: readFileSync(postgres.log, "utf8"),
          redis: readFileSync(redis.log, "utf8"),
          commands: commands()
        }
        assert.include(said.postgres, "password authentication failed")
        assert.include(said.commands, `"AUTH" "(redacted)" "(redacted)"`)
        for (const [where, text] of Object.entries(said)) {
          assert.isAbove(text.length, 100, where)
          assert.notInclude(text, mark, where)
        }
      }),
    60_000
  )
})
