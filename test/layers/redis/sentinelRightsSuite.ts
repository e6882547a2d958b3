import { assert, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Redis } from "../../../layers/redis/Redis.ts"
import { sentinelCommands } from "../../../layers/redis/rights.ts"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import { until } from "../../support/eventually.ts"
import { connected, redisAdmin } from "../connections.ts"
import { redisSentinel, startSentinel } from "./nodes.ts"

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

/** The lines of SECURITY.md that narrow the user of sentinels, as commands. */
const narrowing = () => {
  const page = readFileSync(join(repository, "docs/SECURITY.md"), "utf8")
  const [, text = ""] = /```text\n(ACL SETUSER sentinels [\s\S]*?)\n```/.exec(page) ?? []
  return text.replaceAll("\n  ", " ").split("\n").map((line) => line.split(" "))
}

/** What is left to somebody who has the password of the sentinels, where they have users. */
export const sentinelRightsSuite = (flavour: "redis" | "valkey") =>
  it.live(`a sentinel of ${flavour} that has users tells who is the master, and nothing else is let be done`, () =>
    Effect.gen(function*() {
      const { first, passwords, sentinel } = yield* redisSentinel(flavour, 5_000)
      const other = yield* startSentinel(flavour, {
        port: yield* freePort,
        password: passwords.admin,
        watched: first.address,
        lines: [],
        downAfterMs: 5_000
      })
      const lines = narrowing()
      assert.lengthOf(lines, 4)
      assert.sameMembers(
        (lines[3] ?? []).filter((word) => word.startsWith("+")),
        sentinelCommands.map((name) => `+${name}`)
      )
      yield* other.admin.command("SENTINEL", "DEBUG", "INFO-PERIOD", 100, "PUBLISH-PERIOD", 100)
      for (const [command = "", ...args] of lines) {
        for (const { admin } of [sentinel, other]) yield* admin.command(command, ...args)
      }

      // They have passwords of their own, so it is by that user that they are known to one another.
      const between = yield* connected({ redis: { port: sentinel.port, username: "sentinels" } }, {
        REDIS_PASS: "PASSWORD"
      })
      const one = yield* Effect.provide(Redis, yield* Layer.build(between.redis))
      yield* until(
        one.command("CLIENT", "LIST"),
        (said) => /name=sentinel-\w+-cmd .*\buser=sentinels\b/.test(String(said))
      )
      yield* until(
        one.command("SENTINEL", "CKQUORUM", sentinel.master),
        (said) => String(said).includes("OK 2 usable")
      )

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
