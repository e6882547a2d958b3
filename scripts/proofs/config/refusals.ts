import { Effect } from "effect"
import { configKeys } from "../../../layers/config/keys.ts"
import type { Redis } from "../../../layers/redis/Redis.ts"
import { settingKeys, settingProblem, settings } from "../../../src/domain/Settings.ts"
import { canonicalJson } from "../../../src/logic/canonicalJson.ts"
import { SettingsWorld } from "../../../test/services/web-ui/settingsHarness.ts"

const path = "/api/v1/config"

const hash = (admin: Redis["Service"]) =>
  Effect.map(admin.command("HGETALL", configKeys.hash), (reply) => Array.isArray(reply) ? reply.map(String) : [])

const until = Effect.fnUntraced(function*(condition: Effect.Effect<boolean, unknown>) {
  while (!(yield* condition)) yield* Effect.sleep("2 millis")
})

/** Bad values, as many as asked for: each setting's neighbours, wrong types and rubbish by turns. */
const badValues = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const key = settingKeys[n % settingKeys.length] ?? "moog_rate_limit"
    const [least = 0, most = 0] = settings[key].range.split(" to ").map(Number)
    const all = [least - 1, most + 1, least + 0.5, String(least), null, true, [], {}, "loud", -1e15]
    const bad = (typeof settings[key].default === "number" ? all : ["loud", 1, null])
      .filter((value) => settingProblem(key, value) !== undefined)
    return { key, value: bad[n % bad.length] ?? null }
  })

/**
 * How many of the bad values were refused by the API, and how many by a reader into whose Redis they were put; and
 * whether a request failed meanwhile that had nothing to do with it.
 */
export const refusals = (count: number) =>
  Effect.gen(function*() {
    const { admin, reader, webUis: [{ call }] } = yield* SettingsWorld
    const config = yield* reader("alerter", "alerter-bad")
    const { body: before } = yield* call("GET", path)
    let api = 0
    let injected = 0
    let failed = 0
    yield* call("GET", path).pipe(
      Effect.tap(({ status }) => Effect.sync(() => void (failed += status === 200 ? 0 : 1))),
      Effect.andThen(Effect.sleep("5 millis")),
      Effect.forever,
      Effect.forkScoped
    )
    for (const { key, value } of badValues(count)) {
      const { status } = yield* call("PUT", `${path}/${key}?wait=none`, { body: { value } })
      if (status === 422) api++
    }
    const good = yield* hash(admin)
    for (const [n, { key, value }] of badValues(count).entries()) {
      const held = config.snapshot()
      const inject = admin.command(
        "HSET",
        configKeys.hash,
        configKeys.version,
        1_000_000 + n,
        key,
        JSON.stringify(value)
      )
        .pipe(Effect.andThen(admin.command("PUBLISH", configKeys.channel, "changed")))
      yield* inject
      yield* until(Effect.gen(function*() {
        const { body } = yield* call("GET", `${path}/instances`)
        const refused = body.instances.some((one: { instance: string; version: number; ok: boolean }) =>
          one.instance === "alerter-bad" && !one.ok && one.version === 1_000_000 + n
        )
        // The relay may have put it right before the reader looked.
        if (!refused) yield* inject
        return refused
      }))
      if (canonicalJson({ ...config.snapshot().values }) === canonicalJson({ ...held.values })) {
        injected++
      }
      yield* admin.command("DEL", configKeys.hash)
      yield* admin.command("HSET", configKeys.hash, ...good)
      yield* admin.command("PUBLISH", configKeys.channel, "changed")
      yield* until(Effect.map(config.status, ({ stale }) => !stale))
    }
    const { body: after } = yield* call("GET", path)
    return {
      api,
      injected,
      failed,
      unchanged: after.version === before.version && config.snapshot().version === before.version
    }
  }).pipe(Effect.scoped)
