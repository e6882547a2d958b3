import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { configKeys } from "../../../layers/config/keys.ts"
import { needs, postgres } from "../../support/needs.ts"
import { ask } from "./ask.ts"
import { reaches, SettingsWorld, SettingsWorldLayer } from "./settingsHarness.ts"

const path = "/api/v1/config"
const put = (key: string, body: unknown, headers: Record<string, string> = {}, query = "") =>
  ask("PUT", `${path}/${key}${query}`, { body, headers })
const get = (rest = "") => ask("GET", `${path}${rest}`, { key: "viewer-key-of-tests" })

const names = (list: ReadonlyArray<{ readonly instance: string }>) => list.map(({ instance }) => instance).sort()

needs(["valkey"], () => {
  layer(SettingsWorldLayer({ postgres: postgres.oldest, redis: "valkey" }), {
    excludeTestServices: true
  })(
    "settings",
    (it) => {
      it.effect("loses no update of 100 who write through two web-ui programs at once, and leaves no gap in the chain", () =>
        Effect.gen(function*() {
          const { webUis } = yield* SettingsWorld
          yield* put("unhandled_threshold", { value: 1 })
          const before = yield* get()
          const increment = (n: number) =>
            Effect.gen(function*() {
              const web = webUis[n % 2] ?? webUis[0]
              const { body, headers } = yield* web.call("GET", `${path}/unhandled_threshold`)
              const { status } = yield* web.call("PUT", `${path}/unhandled_threshold?wait=none`, {
                body: { value: body.value + 1 },
                headers: { "if-match": headers["etag"] ?? "", prefer: "strict" }
              })
              assert.include([200, 412], status)
              return status === 200 ? 1 : 0
            })
          const done = yield* Effect.all(Array.from({ length: 100 }, (_, n) => increment(n)), { concurrency: 20 })
          const succeeded = done.reduce<number>((sum, one) => sum + one, 0)
          assert.isAbove(succeeded, 0)
          const { body } = yield* get()
          assert.strictEqual(body.config.unhandled_threshold, 1 + succeeded)
          assert.strictEqual(body.version, before.body.version + succeeded)
          const { body: { pagination } } = yield* get("/history?key=unhandled_threshold&limit=1")
          const verified = yield* ask("GET", "/api/v1/audit/verify")
          assert.strictEqual(verified.body.whole, true)
          const { body: { history } } = yield* get(`/history?limit=200`)
          const versions = [...new Set(history.map(({ version }: { version: number }) => version))]
          assert.deepStrictEqual(versions, versions.map((_, index) => body.version - index))
          assert.isAtLeast(pagination.total, succeeded)
        }))

      it.effect("with Redis away: 200, propagated false; every process follows when it is back", () =>
        Effect.gen(function*() {
          const { reader, redis, webUis } = yield* SettingsWorld
          const readers = [yield* reader("ingestor", "ingestor-3"), yield* reader("alerter", "alerter-3")]
          yield* redis.stop
          const { body, status } = yield* put("moog_rate_limit", { value: 33 })
          assert.deepStrictEqual([status, body.propagated, body.instances], [200, false, []])
          assert.strictEqual((yield* get("/moog_rate_limit")).body.value, 33)
          yield* redis.start
          for (const config of readers) {
            yield* reaches(config, (version) => version >= body.version)
            assert.strictEqual(config.snapshot().values.moog_rate_limit, 33)
          }
          const told = yield* webUis[1].call("GET", `${path}/instances`)
          assert.includeMembers(names(told.body.instances), ["ingestor-3", "alerter-3"])
        }))

      it.effect("with PostgreSQL away: 503, nothing changed, and reading goes on", () =>
        Effect.gen(function*() {
          const { admin, postgres } = yield* SettingsWorld
          const { body: before } = yield* get()
          yield* postgres.stop
          const answers = yield* Effect.all([
            put("moog_rate_limit", { value: 34 }),
            ask("DELETE", `${path}/moog_rate_limit`),
            ask("PUT", path, { body: { config: { moog_rate_limit: 34 } } }),
            ask("POST", `${path}/rollback`, { body: { version: 1 } }),
            get("/history")
          ], { concurrency: 5 })
          for (const { body, status } of answers) assert.deepStrictEqual([status, body._tag], [503, "Unavailable"])
          const meanwhile = yield* get()
          assert.deepStrictEqual([meanwhile.status, meanwhile.body.source, meanwhile.body.config], [
            200,
            "snapshot",
            before.config
          ])
          assert.strictEqual((yield* get("/moog_rate_limit")).body.value, 33)
          yield* postgres.start
          const after = yield* get().pipe(
            Effect.repeat({ schedule: Schedule.spaced("50 millis"), until: ({ body }) => body.source === "ledger" })
          )
          assert.strictEqual(after.body.version, before.version)
          assert.deepStrictEqual(
            yield* admin.command("HGET", configKeys.hash, configKeys.version),
            String(before.version)
          )
        }))
    }
  )
})
