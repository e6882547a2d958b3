import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, Schedule } from "effect"
import { DatabaseRole, DatabaseRoleLayer } from "../../../layers/postgres/DatabaseRole.ts"
import { migratedServer, Owner } from "../database.ts"

layer(migratedServer(), { excludeTestServices: true })("the programs' role", (it) => {
  it.effect("that may do more than they need is told in the log, and goes on working", () =>
    Effect.gen(function*() {
      const owner = yield* Owner
      const look = Effect.gen(function*() {
        const said: Array<unknown> = []
        const log = Logger.layer([Logger.make(({ message }) => void said.push(message))])
        const role = yield* Effect.provide(
          DatabaseRole,
          yield* Layer.build(Layer.fresh(DatabaseRoleLayer).pipe(Layer.provide(log)))
        )
        const wide = yield* role.wide.pipe(
          Effect.filterOrFail((rights) => rights !== undefined, () => "not yet"),
          Effect.retry(Schedule.spaced("20 millis"))
        )
        return { wide, said: said.flat().length }
      }).pipe(Effect.scoped)
      assert.deepStrictEqual(yield* look, { wide: [], said: 0 })
      yield* owner`GRANT TRUNCATE ON alert_rules TO mutt_app`
      assert.deepStrictEqual(yield* look, { wide: ["TRUNCATE alert_rules"], said: 1 })
    }))
})
