import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Logger, Redacted, Ref, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { InstancesUnavailable } from "../../../layers/instances/Instances.ts"
import { SecretInstances } from "../../../layers/instances/SecretInstances.ts"
import { SecretReporting } from "../../../layers/instances/SecretReportsLayer.ts"
import { Postgres, PostgresUnavailable } from "../../../layers/postgres/Postgres.ts"
import { Redis, RedisFailed } from "../../../layers/redis/Redis.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { SecretStoreUnavailable } from "../../../layers/secret/SecretStore.ts"
import { makeSecretStoreMemory } from "../secret/SecretStoreMemory.ts"
import { makeInstancesMemory } from "./InstancesMemory.ts"
import { makeSecretInstancesMemory } from "./SecretInstancesMemory.ts"

const values = { DB_USER: "mutt_app", DB_PASS_CURRENT: "a", REDIS_PASS_CURRENT: "r", INGEST_API_KEY: "k".repeat(16) }

/** A process that reports, with servers whose passwords and connections a test sets. */
const start = (options: { readonly postgres: boolean } = { postgres: true }) =>
  Effect.gen(function*() {
    const [registry, requests] = [yield* makeInstancesMemory, yield* makeSecretInstancesMemory]
    const store = yield* makeSecretStoreMemory(values)
    const open = yield* Ref.make<ReadonlyMap<number, number>>(new Map([[1, 2]]))
    const password = yield* Ref.make("a")
    const troubles = yield* Ref.make(0)
    const tries = yield* Ref.make(0)
    const redis = Layer.mock(Redis, {
      connections: Effect.succeed(new Map([[1, 3]])),
      prove: () => Effect.fail(new RedisFailed({ operation: "AUTH", reason: "refused", detail: "WRONGPASS" }))
    })
    const postgres = Layer.mock(Postgres, {
      connections: Ref.get(open),
      prove: Effect.fnUntraced(function*({ value }) {
        yield* Ref.update(tries, (n) => n + 1)
        if ((yield* Ref.getAndUpdate(troubles, (n) => n - 1)) > 0) {
          return yield* new PostgresUnavailable({ reason: "unreachable", detail: "ECONNREFUSED" })
        }
        if (Redacted.value(value) !== (yield* Ref.get(password))) {
          return yield* new PostgresUnavailable({ reason: "refused", detail: "28P01" })
        }
      })
    })
    const scope = yield* Scope.fork(yield* Effect.scope)
    const secrets = SecretsFromStore.pipe(Layer.provide(store.layer))
    const context = yield* SecretReporting.pipe(
      Layer.provide(requests.layer),
      Layer.provide(registry.process("alerter", "a-1")),
      Layer.provide(options.postgres ? Layer.merge(redis, postgres) : redis),
      Layer.provideMerge(secrets),
      Layer.build,
      Scope.provide(scope)
    )
    const reader = requests.layer.pipe(Layer.provide(registry.process("web-ui", "reader")))
    const instances = Context.get(yield* Layer.build(reader), SecretInstances)
    /** What the process has said last. */
    const said = Effect.gen(function*() {
      yield* TestClock.adjust("60 millis")
      const [one] = (yield* instances.list).instances
      assert.isDefined(one)
      return one
    })
    const prove = (name: string, value: string) =>
      Effect.flatMap(instances.fingerprint(Redacted.make(value)), (fingerprint) => instances.prove(name, fingerprint))
    return {
      store,
      instances,
      open,
      password,
      troubles,
      tries: Ref.get(tries),
      said,
      prove,
      secrets: Context.get(context, Secrets),
      end: Scope.close(scope, Exit.void)
    }
  })

describe("SecretReportsLayer", () => {
  it.effect("says which values the process holds and with which it is logged in", () =>
    Effect.gen(function*() {
      const { instances, said, store } = yield* start()
      const { holdings, stale } = yield* said
      assert.isFalse(stale)
      assert.deepStrictEqual(Object.keys(holdings).sort(), ["DB_PASS", "INGEST_API_KEY", "REDIS_PASS"])
      assert.deepInclude(holdings["DB_PASS"], {
        generation: 1,
        slots: { CURRENT: yield* instances.fingerprint(Redacted.make("a")) },
        connections: { "1": 2 }
      })
      assert.deepStrictEqual(holdings["REDIS_PASS"]?.connections, { "1": 3 })
      assert.isUndefined(holdings["INGEST_API_KEY"]?.connections)
      yield* store.fail(new SecretStoreUnavailable({ store: "test", detail: "away" }))
      yield* TestClock.adjust("8 seconds")
      assert.isTrue((yield* said).stale)
    }))

  it.effect("has no connections to tell of where the program opens none", () =>
    Effect.gen(function*() {
      const { holdings } = yield* (yield* start({ postgres: false })).said
      assert.isDefined(holdings["DB_PASS"])
      assert.isUndefined(holdings["DB_PASS"]?.connections)
      assert.isDefined(holdings["REDIS_PASS"]?.connections)
    }))

  it.effect("reports each second, and at once when a secret changed or connections moved", () =>
    Effect.gen(function*() {
      const { instances, open, said, store } = yield* start()
      const { seen } = yield* said
      yield* TestClock.adjust("1 second")
      assert.isAbove((yield* said).seen, seen)
      yield* store.set({ ...values, DB_PASS_NEXT: "b" })
      yield* TestClock.adjust("10 millis")
      assert.deepInclude((yield* said).holdings["DB_PASS"], {
        generation: 2,
        slots: {
          CURRENT: yield* instances.fingerprint(Redacted.make("a")),
          NEXT: yield* instances.fingerprint(Redacted.make("b"))
        }
      })
      yield* TestClock.adjust("1 second")
      yield* said
      yield* Ref.set(open, new Map([[1, 1], [2, 1]]))
      yield* TestClock.adjust("200 millis")
      assert.deepStrictEqual((yield* said).holdings["DB_PASS"]?.connections, { "1": 1, "2": 1 })
    }))

  it.effect("reads the store when it is nudged, once for many nudges and at most once a second", () =>
    Effect.gen(function*() {
      const { instances, said, store } = yield* start()
      yield* said
      yield* TestClock.adjust("4 seconds")
      yield* said
      const before = yield* store.reads
      yield* store.setSilently({ ...values, DB_PASS_NEXT: "b" })
      for (let i = 0; i < 20; i++) yield* instances.requestRefresh
      assert.isUndefined((yield* said).holdings["DB_PASS"]?.slots.NEXT)
      yield* TestClock.adjust("1 second")
      assert.isDefined((yield* said).holdings["DB_PASS"]?.slots.NEXT)
      assert.isAtMost((yield* store.reads) - before, 2)
    }))

  it.effect("proves a value it is asked to prove, once, and prefers it from then on", () =>
    Effect.gen(function*() {
      const { password, prove, said, secrets, store, tries } = yield* start()
      yield* store.set({ ...values, DB_PASS_NEXT: "b" })
      yield* TestClock.adjust("2 seconds")
      const refused = yield* prove("DB_PASS", "b")
      yield* said
      const { holdings } = yield* said
      assert.deepInclude(holdings["DB_PASS"]?.proof, { request: refused, ok: false })
      assert.include(holdings["DB_PASS"]?.proof?.detail, "28P01")
      assert.strictEqual((yield* secrets.candidates("DB_PASS"))[0]?.slot, "CURRENT")
      yield* Ref.set(password, "b")
      const request = yield* prove("DB_PASS", "b")
      yield* said
      assert.deepStrictEqual((yield* said).holdings["DB_PASS"]?.proof, { request, ok: true, detail: "" })
      assert.strictEqual((yield* secrets.candidates("DB_PASS"))[0]?.slot, "NEXT")
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* tries, 2)
    }))

  it.effect("says so when it does not hold the value, and tries again when there was trouble on the way", () =>
    Effect.gen(function*() {
      const { prove, said, troubles } = yield* start()
      yield* said
      const unknown = yield* prove("DB_PASS", "z")
      yield* said
      assert.deepStrictEqual((yield* said).holdings["DB_PASS"]?.proof, {
        request: unknown,
        ok: false,
        detail: "This process does not hold that value."
      })
      yield* Ref.set(troubles, 2)
      const request = yield* prove("DB_PASS", "a")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* said).holdings["DB_PASS"]?.proof, { request, ok: true, detail: "" })
      yield* Ref.set(troubles, 9)
      yield* prove("DB_PASS", "a")
      yield* TestClock.adjust("2 seconds")
      assert.isFalse((yield* said).holdings["DB_PASS"]?.proof?.ok)
    }))

  it.effect("is forgotten when the process ends", () =>
    Effect.gen(function*() {
      const { end, instances, said } = yield* start()
      yield* said
      yield* end
      assert.deepStrictEqual((yield* instances.list).instances, [])
    }))

  it.effect("says once that nobody takes its reports, goes on, and says that it is over", () =>
    Effect.gen(function*() {
      const away = yield* Ref.make(true)
      const tries = yield* Ref.make(0)
      const lines: Array<string> = []
      const store = yield* makeSecretStoreMemory(values)
      const secrets = Layer.mock(SecretInstances, {
        requests: Effect.gen(function*() {
          yield* Ref.update(tries, (n) => n + 1)
          if (yield* Ref.get(away)) {
            return yield* new InstancesUnavailable({ reason: "unreachable", detail: "unavailable" })
          }
          return { refresh: "", proofs: new Map(), fingerprint: () => "" }
        }),
        arrivals: Stream.never
      })
      const { process } = yield* makeInstancesMemory
      yield* Layer.build(SecretReporting.pipe(
        Layer.provide(secrets),
        Layer.provide(process("alerter", "a-1")),
        Layer.provide(Layer.mock(Redis, { connections: Effect.succeed(new Map()) })),
        Layer.provide(SecretsFromStore.pipe(Layer.provide(store.layer))),
        Layer.provideMerge(Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))]))
      ))
      yield* TestClock.adjust("10 seconds")
      assert.isAtLeast(yield* Ref.get(tries), 10)
      assert.lengthOf(lines.filter((line) => line.includes("cannot be reported")), 1)
      yield* Ref.set(away, false)
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(lines.filter((line) => line.includes("are reported again")), 1)
    }))
})
