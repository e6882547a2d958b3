import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Schedule } from "effect"
import { readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { configKeys } from "../../../layers/config/keys.ts"
import { Books } from "../../../layers/queue/Books.ts"
import { queueRedis } from "../../../layers/queue/QueueLayer.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { launch } from "../../../scripts/stack/Managed.ts"
import { programLaunch } from "../../../scripts/stack/Program.ts"
import type { Runtime } from "../../../services/runtimeFlags.ts"
import { connected } from "../../layers/connections.ts"
import { alertOf } from "../../layers/delivery/alerts.ts"
import { type MoogStandIn, moogStandIn } from "../../support/moogStandIn.ts"
import { type RedisServer, redisServer } from "../../support/servers.ts"
import { handOver, range, rawAlert } from "./alertsWaiting.ts"

/** Asks again until it is so; the test's own time limit ends it. */
const until = <A, E, R>(effect: Effect.Effect<A, E, R>, good: (value: A) => boolean) =>
  effect.pipe(Effect.repeat({ schedule: Schedule.spaced("50 millis"), until: good }))

const get = (url: string) =>
  Effect.tryPromise(async () => {
    const response = await fetch(url)
    return { status: response.status, text: await response.text() }
  })

/** Requests to the platform that ended, however they did. */
const tries = (url: string) =>
  Effect.map(
    get(`${url}/metrics`),
    ({ text }) =>
      [...text.matchAll(/^mutt_moog_requests_total\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
  )

/** A server, a platform, and the program as a process of its own. */
const running = (runtime: Runtime, more: Record<string, string> = {}) =>
  Effect.gen(function*() {
    const redis = yield* redisServer()
    const moog = yield* moogStandIn({ apiKey: "the-moog-key" })
    const context = yield* connectedQueue(redis)
    const start = begin(runtime, redis, moog, more)
    return { redis, moog, start, context }
  })

const connectedQueue = (redis: RedisServer) =>
  Effect.gen(function*() {
    const world = yield* connected({ redis: { port: redis.port, username: redis.user } }, {
      REDIS_PASS: redis.password
    })
    return yield* Layer.build(queueRedis("mutt:{ingest}").pipe(Layer.provideMerge(world.redis)))
  })

let logs = 0

/** A file for what a program prints, gone with the test. */
const logFile = Effect.acquireRelease(
  Effect.sync(() => join(tmpdir(), `mutt-forwarder-${process.pid}-${++logs}.log`)),
  (path) => Effect.sync(() => rmSync(path, { force: true }))
)

const begin = (runtime: Runtime, redis: RedisServer, moog: MoogStandIn, more: Record<string, string>) =>
  Effect.gen(function*() {
    const port = yield* freePort
    const around = {
      runtime,
      postgresPort: 1,
      database: "none",
      redisPort: redis.port,
      user: redis.user,
      secretsFile: "",
      moogUrl: moog.url
    }
    const program = programLaunch("moog-forwarder", 1, port, around, {
      MUTT_SECRETS: "env",
      REDIS_PASS_CURRENT: redis.password,
      MOOG_API_KEY_CURRENT: "an-old-key",
      MOOG_API_KEY_NEXT: moog.apiKey,
      MOOG_WEBHOOK_TIMEOUT: "2",
      MOOG_RETRY_BASE_DELAY: "0.1",
      MOOG_RETRY_MAX_DELAY: "0.5",
      ...more
    })
    const log = yield* logFile
    const managed = yield* Effect.acquireRelease(
      launch({ ...program, log, stopSignal: "TERM" }),
      ({ stop }) => stop("KILL")
    )
    const readyz = Effect.option(get(`${program.url}/readyz`))
    yield* until(readyz, (answer) => answer._tag === "Some" && answer.value.status === 200)
    return { url: program.url, stop: managed.stop, log: () => readFileSync(log, "utf8") }
  })

const configure = (settings: Record<string, number>, version: number) =>
  Effect.gen(function*() {
    const redis = yield* Redis
    const fields = Object.entries(settings).flatMap(([name, value]) => [name, JSON.stringify(value)])
    yield* redis.command("HSET", configKeys.hash, configKeys.epoch, "test", configKeys.version, version, ...fields)
  })

const alerts = (count: number, from = 0) => range(count).map((n) => rawAlert(alertOf(`a-${from + n}`)))
const idsOf = (events: ReadonlyArray<Readonly<Record<string, unknown>>>) => events.map((event) => event["external_id"])

describe.concurrent.each<Runtime>(["node", "deno"])("the moog-forwarder program on %s", (runtime) => {
  it.live("starts, delivers, tells of it, and ends with exit code 0 when asked", () =>
    Effect.gen(function*() {
      const { context, moog, start } = yield* running(runtime)
      const program = yield* start
      yield* handOver(alerts(20)).pipe(Effect.provide(context))
      const { events } = yield* until(moog.received(), ({ count }) => count === 20)
      assert.sameMembers(idsOf(events), range(20).map((n) => `a-${n}`))

      const readyz = JSON.parse((yield* get(`${program.url}/readyz`)).text)
      assert.deepStrictEqual([
        readyz.checks.redis.state,
        readyz.checks.moog_api_key.state,
        readyz.checks.moogsoft.required
      ], ["ok", "ok", false])
      const metrics = (yield* get(`${program.url}/metrics`)).text
      assert.match(metrics, /^mutt_moog_alerts_processed_total\{.*status="success".*\} 20$/m)
      assert.match(metrics, /^mutt_moog_requests_total\{.*status="success".*\} 20$/m)
      assert.match(metrics, /^mutt_circuit_breaker_state\{name="moogsoft"\} 0$/m)
      assert.match(metrics, /^mutt_moog_request_latency_seconds_count.* \d+$/m)

      assert.deepStrictEqual(yield* program.stop("TERM"), { code: 0, signal: null })
      const told = program.log() + metrics + JSON.stringify(readyz)
      for (const secret of ["the-moog-key", "an-old-key"]) assert.notInclude(told, secret)
    }))

  it.live("loses nothing while the platform answers 500, 429, or not at all", () =>
    Effect.gen(function*() {
      const { context, moog, start } = yield* running(runtime)
      yield* configure({ moog_rate_limit: 1_000, circuit_breaker_threshold: 5, circuit_breaker_timeout: 1 }, 1).pipe(
        Effect.provide(context)
      )
      const program = yield* start
      const troubles = [{ status: 500 }, { status: 429, retryAfter: 1 }, { status: 503, delayMs: 10_000 }, {
        status: 200
      }]
      for (const [index, trouble] of troubles.entries()) {
        yield* moog.behave(trouble)
        const before = yield* tries(program.url)
        yield* handOver(alerts(25, index * 25)).pipe(Effect.provide(context))
        yield* until(tries(program.url), (ended) => ended > before)
      }
      const { events } = yield* until(moog.received(), ({ count }) => count === 100)
      assert.sameMembers(idsOf(events), range(100).map((n) => `a-${n}`))
      const page = yield* until(
        Books.use(({ page }) => page).pipe(Effect.provide(context)),
        ({ delivered }) => delivered === 100
      )
      assert.deepStrictEqual([page.alertsDead, page.alertsWaiting], [0, 0])
      yield* program.stop("TERM")
    }))
})

describe.concurrent("the moog-forwarder program", () => {
  it.live(
    "killed and replaced, Redis killed and restarted: every alert is delivered and counted once",
    () =>
      Effect.gen(function*() {
        const { context, moog, redis, start } = yield* running("node")
        yield* configure({ moog_rate_limit: 500, circuit_breaker_timeout: 1 }, 1).pipe(Effect.provide(context))
        yield* handOver(alerts(600)).pipe(Effect.provide(context))
        yield* moog.behave({ status: 200, delayMs: 20 })
        const first = yield* start
        yield* until(moog.received(), ({ count }) => count >= 100)
        yield* first.stop("KILL")
        const second = yield* start
        yield* until(moog.received(), ({ count }) => count >= 300)
        yield* redis.kill
        yield* redis.start
        const { events } = yield* until(moog.received(), ({ count }) => count === 600)
        assert.sameMembers(idsOf(events), range(600).map((n) => `a-${n}`))
        const page = yield* until(
          Books.use(({ page }) => page).pipe(Effect.provide(context), Effect.option),
          (page) => page._tag === "Some" && page.value.alertsWaiting === 0
        )
        assert.strictEqual(page._tag === "Some" ? page.value.delivered : 0, 600)
        assert.deepStrictEqual(yield* second.stop("TERM"), { code: 0, signal: null })
      }),
    60_000
  )

  it.live("does not start without knowing where to deliver, and says so without telling secrets", () =>
    Effect.gen(function*() {
      const log = yield* logFile
      const { ended } = yield* launch({
        program: process.execPath,
        args: [join(process.cwd(), "services/moog-forwarder/main.ts")],
        env: { ...process.env, MOOG_WEBHOOK_URL: "https://user:s3cret@moog.example.com/", MOOG_WEBHOOK_TIMEOUT: "0" },
        log,
        stopSignal: "TERM"
      })
      assert.deepStrictEqual(yield* Deferred.await(ended), { code: 1, signal: null })
      const told = readFileSync(log, "utf8")
      for (const name of ["MOOG_WEBHOOK_URL", "MOOG_WEBHOOK_TIMEOUT"]) assert.include(told, name)
      assert.notInclude(told, "s3cret")
    }))
})
