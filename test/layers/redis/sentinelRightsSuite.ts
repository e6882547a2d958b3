import { assert, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Redis } from "../../../layers/redis/Redis.ts"
import { sentinelCommands } from "../../../layers/redis/rights.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import { connected, redisAdmin } from "../connections.ts"
import { redisSentinel } from "./nodes.ts"

const forbidden = [
  ["SENTINEL", "MASTERS"],
  ["SENTINEL", "SET", "mymaster", "quorum", "9"],
  ["SENTINEL", "FAILOVER", "mymaster"],
  ["SENTINEL", "MONITOR", "evil", "127.0.0.1", "1", "1"],
  ["SENTINEL", "REMOVE", "mymaster"],
  ["SENTINEL", "RESET", "*"],
  ["SENTINEL", "CONFIG", "GET", "*"],
  ["SENTINEL", "SENTINELS", "mymaster"],
  ["ACL", "LIST"],
  ["ACL", "SETUSER", "evil", "on", "nopass", "+@all"],
  ["CLIENT", "LIST"],
  ["INFO"],
  ["PUBLISH", "__sentinel__:hello", "x"],
  ["SUBSCRIBE", "*"],
  ["SHUTDOWN"]
] as const

/** The line of SECURITY.md that narrows the user of a sentinel, without what begins it. */
const narrowing = () => {
  const page = readFileSync(join(repository, "docs/SECURITY.md"), "utf8")
  return /^ACL SETUSER default (.*(?:\n {2}.*)*)$/m.exec(page)?.[1]?.split(/\s+/) ?? []
}

/** What is left to somebody who has the password of the sentinels, where they have users. */
export const sentinelRightsSuite = (flavour: "redis" | "valkey") =>
  it.live(`a sentinel of ${flavour} that has users tells who is the master, and nothing else is let be done`, () =>
    Effect.gen(function*() {
      const { passwords, sentinel } = yield* redisSentinel(flavour, 5_000)
      const rules = narrowing()
      assert.sameMembers(rules.filter((word) => word.startsWith("+")), sentinelCommands.map((name) => `+${name}`))
      yield* sentinel.admin.command("ACL", "SETUSER", "sentinels", "on", ">of-sentinels", "allchannels", "+@all")
      yield* sentinel.admin.command("ACL", "SETUSER", "default", ...rules)

      const intruder = yield* redisAdmin({
        port: sentinel.port,
        adminUrl: `redis://default:${sentinel.password}@127.0.0.1:${sentinel.port}`
      })
      for (const [command, ...args] of forbidden) {
        const said = yield* intruder.command(command, ...args).pipe(
          Effect.as("done"),
          Effect.catch(({ detail }) => Effect.succeed(detail))
        )
        assert.match(said, /NOPERM|is not allowed/, [command, ...args].join(" "))
      }

      const nodes = [{ host: "127.0.0.1", port: sentinel.port }]
      const { redis } = yield* connected(
        { redis: { username: "mutt_app", sentinels: { master: sentinel.master, nodes } } },
        { REDIS_PASS: passwords.app, REDIS_SENTINEL_PASS: sentinel.password }
      )
      const programs = yield* Effect.provide(Redis, yield* Layer.build(redis))
      assert.strictEqual(yield* programs.command("PING"), "PONG")
      yield* programs.durabilityProblems(1)
    }).pipe(Effect.scoped, Effect.provide(Logger.layer([]))))
