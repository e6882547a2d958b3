import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { configKeys } from "../../../layers/config/keys.ts"
import type { Redis } from "../../../layers/redis/Redis.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import { settingKeys, settings } from "../../../src/domain/Settings.ts"
import { canonicalJson } from "../../../src/logic/canonicalJson.ts"
import { SettingsWorld } from "../../services/web-ui/settingsWorld.ts"
import { reports } from "./reports.ts"

const path = "/api/v1/config"

/** As many processes that follow the settings, each with connections of its own. */
const readers = (count: number): Effect.Effect<void, unknown, Scope.Scope | SettingsWorld> =>
  Effect.gen(function*() {
    const { redis } = yield* SettingsWorld
    for (let n = 1; n <= count; n++) {
      const args = [`reader-${n}`, String(redis.port), redis.user, redis.password]
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          spawn(process.execPath, [join(repository, "test/acceptance/settings/reader.ts"), ...args], {
            stdio: ["ignore", "ignore", "inherit"]
          })
        ),
        (child) => Effect.sync(() => void child.kill("SIGKILL"))
      )
    }
  })

const put = (value: number) =>
  Effect.flatMap(
    SettingsWorld,
    ({ webUis: [{ call }] }) => call("PUT", `${path}/moog_rate_limit?wait=none`, { body: { value } })
  )

/** Waits until as many readers have said that they run the version, or a newer one. */
const reached = (count: number, version: number) =>
  Effect.gen(function*() {
    const session = yield* (yield* SettingsWorld).admin.session
    const done = new Set<string>()
    while (done.size < count) {
      const reply = yield* session.command("BLPOP", reports, 30)
      if (!Array.isArray(reply)) return yield* Effect.die(new Error(`Only ${done.size} of ${count} followed in time.`))
      const [instance = "", at] = String(reply[1]).split(" ")
      if (Number(at) >= version) done.add(instance)
    }
  }).pipe(Effect.scoped)

export const percentile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN

/** Milliseconds from sending a PUT to hearing from the last of the readers, for each change. */
export const propagation = (count: number, changes: number) =>
  Effect.gen(function*() {
    yield* readers(count)
    const first = yield* put(1_000)
    yield* reached(count, first.body.version)
    const took: Array<number> = []
    for (let n = 0; n < changes; n++) {
      const start = performance.now()
      const { body } = yield* put(1_001 + n)
      yield* reached(count, body.version)
      took.push(performance.now() - start)
    }
    return took
  }).pipe(Effect.scoped)

const losses = ["cut", "unsaid", "restored"] as const
export type Loss = (typeof losses)[number]

/**
 * Milliseconds until all readers follow, for each loss by turns: subscriptions cut just before the change, a change nobody announces,
 * a Redis restored from an older copy while a change is made.
 */
export const repairs = (count: number, runs: number) =>
  Effect.gen(function*() {
    yield* readers(count)
    const { admin } = yield* SettingsWorld
    const first = yield* put(2_000)
    yield* reached(count, first.body.version)
    const took: Array<{ readonly loss: Loss; readonly ms: number }> = []
    for (let n = 0; n < runs; n++) {
      const loss = losses[n % losses.length] ?? "cut"
      const old = yield* hash(admin)
      if (loss === "cut") yield* admin.command("CLIENT", "KILL", "TYPE", "pubsub")
      if (loss === "unsaid") yield* admin.command("ACL", "SETUSER", "mutt_app", "resetchannels")
      const start = performance.now()
      const { body } = yield* put(2_001 + n)
      if (loss === "unsaid") {
        yield* admin.command("ACL", "SETUSER", "mutt_app", "allchannels")
      }
      if (loss === "restored") yield* admin.command("HSET", configKeys.hash, ...old)
      yield* reached(count, body.version)
      took.push({ loss, ms: performance.now() - start })
    }
    return took
  }).pipe(Effect.scoped)

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
    const value = typeof settings[key].default === "number"
      ? all[n % all.length] ?? null
      : ["loud", 1, null][n % 3] ?? null
    return { key, value }
  })

/** How many of the bad values were refused by the API, and how many by a reader into whose Redis they were put. */
export const refusals = (count: number) =>
  Effect.gen(function*() {
    const { admin, reader, webUis: [{ call }] } = yield* SettingsWorld
    const config = yield* reader("alerter", "alerter-bad")
    const { body: before } = yield* call("GET", path)
    let api = 0
    let injected = 0
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
      unchanged: after.version === before.version && config.snapshot().version === before.version
    }
  }).pipe(Effect.scoped)
