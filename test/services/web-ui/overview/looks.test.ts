import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Books } from "../../../../layers/queue/Books.ts"
import { Redis, type RedisNodeState } from "../../../../layers/redis/Redis.ts"
import { lookAtBooks } from "../../../../services/web-ui/overview/BooksLook.ts"
import { makeLookAtRedis } from "../../../../services/web-ui/overview/ServerLook.ts"
import { ownMetrics, seriesOf } from "../../../layers/telemetry/seriesOf.ts"
import { page } from "../harness.ts"

describe("the books as metrics", () => {
  it.effect("say where each event is, and what each line lacks", () =>
    ownMetrics(Effect.gen(function*() {
      const look = (pageNow: typeof page) =>
        Effect.provide(lookAtBooks, Layer.mock(Books, { page: Effect.succeed(pageNow) }))
      yield* look(page)
      assert.deepStrictEqual(yield* seriesOf("mutt_books_events"), {
        forwarded: 40,
        suppressed: 20,
        unmatched: 30,
        waiting: 6,
        dead: 3,
        discarded: 1
      })
      assert.deepStrictEqual(yield* seriesOf("mutt_books_difference"), { events: 0, alerts: 0, quarantine: 0 })
      yield* look({ ...page, accepted: 103, delivered: 36, quarantined: 5 })
      assert.deepStrictEqual(yield* seriesOf("mutt_books_difference"), { events: 3, alerts: -1, quarantine: 2 })
    })))
})

describe("the nodes of Redis as metrics", () => {
  it.effect("show what is full and what fails, and nothing that a node doesn't tell", () =>
    ownMetrics(Effect.gen(function*() {
      const failing = { append: false, rewrite: true, snapshot: false }
      const nodes: ReadonlyArray<RedisNodeState> = [
        { node: "r:1", usedBytes: 80, mostBytes: 100, appendOnlyBytes: 7, failing },
        { node: "r:2", usedBytes: 50, mostBytes: undefined, appendOnlyBytes: undefined, failing }
      ]
      let seen = nodes
      const redis = Layer.mock(Redis, { nodeStates: Effect.sync(() => seen) })
      const look = yield* Effect.provide(makeLookAtRedis, redis)
      yield* look
      assert.deepStrictEqual(yield* seriesOf("mutt_redis_memory_used_bytes"), { "r:1": 80, "r:2": 50 })
      assert.deepStrictEqual(yield* seriesOf("mutt_redis_memory_used_ratio"), { "r:1": 0.8 })
      assert.deepStrictEqual(yield* seriesOf("mutt_redis_append_only_bytes"), { "r:1": 7 })
      assert.deepStrictEqual(yield* seriesOf("mutt_redis_disk_failing"), {
        "r:1 append": 0,
        "r:1 rewrite": 1,
        "r:1 snapshot": 0,
        "r:2 append": 0,
        "r:2 rewrite": 1,
        "r:2 snapshot": 0
      })
      // A node that is gone or away leaves nothing that would keep an alarm on.
      seen = nodes.slice(1)
      yield* look
      assert.deepStrictEqual(yield* seriesOf("mutt_redis_memory_used_bytes"), { "r:2": 50 })
      assert.deepStrictEqual(Object.keys(yield* seriesOf("mutt_redis_disk_failing")), [
        "r:2 append",
        "r:2 rewrite",
        "r:2 snapshot"
      ])
    })))
})
