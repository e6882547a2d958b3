import { assert, layer } from "@effect/vitest"
import { Effect, Latch, Layer, Logger } from "effect"
import { postgresServer } from "../../support/servers.ts"
import { ownMetrics, seriesOf } from "../telemetry/seriesOf.ts"
import { Server, start } from "./harness.ts"

const world = Layer.mergeAll(Layer.effect(Server, postgresServer()), Logger.layer([]))

layer(world, { excludeTestServices: true })("what is told of PostgreSQL", (it) => {
  it.effect("the pool's places add up to its size, in use, idle, or not opened yet", () =>
    ownMetrics(Effect.gen(function*() {
      const { sql } = yield* start({ DB_PASS: (yield* Server).password }, { maxConnections: 4 })
      const [inside, leave] = [yield* Latch.make(), yield* Latch.make()]
      yield* Effect.forkScoped(
        sql.withTransaction(Effect.andThen(sql`SELECT 1`, Effect.andThen(inside.open, leave.await)))
      )
      yield* inside.await
      const held = yield* seriesOf("mutt_postgres_pool_connections")
      assert.deepStrictEqual([held.in_use, Object.values(held).reduce((sum, part) => sum + part, 0)], [1, 4])
      yield* leave.open
      yield* sql`SELECT 1`
      assert.isAtLeast((yield* seriesOf("mutt_postgres_pool_wait_seconds"))[""] ?? 0, 2)
    })))

  it.effect("a full disk is counted, and nothing else is", () =>
    ownMetrics(Effect.gen(function*() {
      const { sql } = yield* start({ DB_PASS: (yield* Server).password })
      const fail = (code: string) =>
        Effect.flip(sql.unsafe(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END $$`))
      yield* fail("53200")
      yield* fail("23505")
      assert.deepStrictEqual(yield* seriesOf("mutt_postgres_disk_full_total"), { "": 0 })
      yield* fail("53100")
      assert.deepStrictEqual(yield* seriesOf("mutt_postgres_disk_full_total"), { "": 1 })
    })))
})
