import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { askDurability, problemsOf } from "../../../layers/redis/nodeDurability.ts"
import { type RedisArgument, RedisFailed } from "../../../layers/redis/Redis.ts"

interface Server {
  readonly version?: string
  readonly policy?: string
  readonly appendOnly?: "0" | "1"
  readonly lastWrite?: "ok" | "err"
  readonly replicas?: number
  readonly role?: "master" | "slave"
  /** What it answers to the n-th WAITAOF, or the error. */
  readonly waitAof?: (n: number) => number | string
}

/** A server that answers like this, and what it was sent beside INFO. */
const serverOf = (server: Server) => {
  const { appendOnly = "1", lastWrite = "ok", policy = "noeviction", replicas = 0, role = "master" } = server
  const { version = "7.4.2", waitAof = () => 1 } = server
  const sections = new Map([
    ["server", `redis_version:${version}`],
    ["memory", `maxmemory_policy:${policy}`],
    ["persistence", `aof_enabled:${appendOnly}\r\naof_last_write_status:${lastWrite}`],
    ["replication", `role:${role}\r\nconnected_slaves:${replicas}`]
  ])
  const sent: Array<string> = []
  let waits = 0
  const ask = (name: string, ...args: ReadonlyArray<RedisArgument>): Effect.Effect<unknown, RedisFailed> => {
    if (name === "INFO") return Effect.succeed(`# Section\r\n${sections.get(String(args[0]))}\r\nother:1\r\n`)
    sent.push(name)
    if (name !== "WAITAOF") return Effect.succeed("OK")
    const answer = waitAof(waits++)
    return typeof answer === "number"
      ? Effect.succeed([answer, 0])
      : new RedisFailed({ operation: name, reason: "reply", detail: answer })
  }
  const together = (...commands: ReadonlyArray<readonly [string, ...ReadonlyArray<RedisArgument>]>) =>
    Effect.forEach(commands, ([name, ...args]) => ask(name, ...args))
  return { ask: Object.assign(ask, { together }), sent }
}

const problems = (server: Server, replicas = 0) =>
  Effect.map(
    askDurability("r:1", serverOf(server).ask, "k"),
    (told) => problemsOf(told, replicas).map(({ node, severity, text }) => `${node} ${severity}: ${text}`)
  )

describe("the durability of a node", () => {
  it.effect("of a node that keeps what it is told there is nothing to say", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems({}), [])
      assert.deepStrictEqual(yield* problems({ role: "slave" }, 1), [])
      assert.deepStrictEqual(yield* problems({ replicas: 2 }, 2), [])
    }))

  it.effect("each thing that breaks the promise is named with what to do", () =>
    Effect.gen(function*() {
      for (
        const [server, expected] of [
          [
            { appendOnly: "0" },
            "r:1 loses: it writes no append-only file: set appendonly to yes, and appendfsync to always"
          ],
          [{ lastWrite: "err" }, "r:1 loses: it cannot write its append-only file: look at its log and its disk"],
          [
            { policy: "allkeys-lru" },
            "r:1 loses: it may evict accepted events (allkeys-lru): set maxmemory-policy to noeviction"
          ],
          [{ version: "6.2.14" }, "r:1 weaker: it is too old: MUTT needs version 7 or later"],
          [
            { waitAof: (n: number) => n < 19 ? 1 : 0 },
            "r:1 weaker: it answers before its disk has what it was told: set appendfsync to always"
          ]
        ] as const
      ) {
        assert.deepStrictEqual(yield* problems(server), [expected])
      }
      assert.deepStrictEqual(yield* problems({ replicas: 1 }, 2), [
        "r:1 loses: it has 1 of the 2 replicas that INGEST_DURABILITY asks for"
      ])
    }))

  it.effect("a server that knows no WAITAOF, or does not allow it, is not blamed for that", () =>
    Effect.gen(function*() {
      for (const answer of ["ERR unknown command 'WAITAOF'", "NOPERM no permissions"]) {
        assert.deepStrictEqual(yield* problems({ waitAof: () => answer }), [])
      }
    }))

  it.effect("a replica, and a node that holds no key of ours, is asked and not written to", () =>
    Effect.gen(function*() {
      const replica = serverOf({ role: "slave" })
      yield* askDurability("r:1", replica.ask, "k")
      const foreign = serverOf({})
      yield* askDurability("r:1", foreign.ask, undefined)
      assert.deepStrictEqual([replica.sent, foreign.sent], [[], []])
    }))
})
