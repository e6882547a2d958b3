import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule, type Scope } from "effect"
import { redisCluster, redisSentinel } from "../layers/redis/nodes.ts"
import { until } from "../support/eventually.ts"
import { fourPrograms, type RedisElsewhere } from "../support/fourPrograms.ts"
import { needs } from "../support/needs.ts"

const behindSentinels = Effect.gen(function*() {
  const { first, sentinel } = yield* redisSentinel("valkey", 60_000)
  return {
    server: first,
    settings: { REDIS_SENTINELS: `127.0.0.1:${sentinel.port}`, REDIS_SENTINEL_MASTER: sentinel.master },
    secrets: { REDIS_SENTINEL_PASS: sentinel.password }
  }
})

const inCluster = Effect.gen(function*() {
  const { nodes } = yield* redisCluster("redis")
  const [server] = nodes
  if (server === undefined) return yield* Effect.die("no nodes")
  return { server, settings: { REDIS_CLUSTER_NODES: nodes.map(({ name }) => name).join(",") }, secrets: {} }
})

const onRedis = (place: string, redis: Effect.Effect<RedisElsewhere, unknown, Scope.Scope>) =>
  describe(`all four programs with Redis ${place}`, () => {
    it.live("carry an event, follow a setting, and rotate its password", () =>
      Effect.gen(function*() {
        const { keys, moog, programs } = yield* fourPrograms({ redis: Effect.orDie(redis) })
        const ask = (url: string, key: string, method: string, body?: unknown) =>
          Effect.promise(async () => {
            const answer = await fetch(url, {
              method,
              headers: { "content-type": "application/json", "x-api-key": key },
              ...(body === undefined ? {} : { body: JSON.stringify(body) })
            })
            return { status: answer.status, text: await answer.text() }
          })
        const webUi = (method: string, path: string, body?: unknown) =>
          ask(`${programs["web-ui"].url}/api/v1${path}`, keys.admin, method, body)
        const carries = Effect.fnUntraced(function*(message: string) {
          const event = { hostname: "core1", message, severity: "err" }
          const { status } = yield* ask(`${programs.ingestor.url}/api/v2/ingest`, keys.ingest, "POST", event)
          assert.strictEqual(status, 200)
          yield* until(moog.received(), ({ events }) => events.some(({ description }) => description === message))
        })

        yield* carries("%LINEPROTO-5-UPDOWN: Interface Gi0/7, before the rotation, changed state to down")

        const { text } = yield* webUi("PUT", "/config/moog_rate_limit?wait=all&timeout=10000", { value: 77 })
        assert.include(text, "\"propagated\":true")
        assert.lengthOf(text.match(/"ok":true/g) ?? [], 4)

        const started = yield* webUi("POST", "/rotation/REDIS_PASS/start", { auto: true })
        assert.strictEqual(started.status, 200, started.text)
        const rotated = yield* webUi("GET", "/rotation/REDIS_PASS").pipe(
          Effect.repeat({
            schedule: Schedule.spaced("100 millis"),
            until: ({ text }) => !text.includes("\"outcome\":null")
          })
        )
        assert.include(rotated.text, "\"outcome\":\"completed\"")
        yield* carries("%LINEPROTO-5-UPDOWN: Interface Gi0/7, after the rotation, changed state to down")
      }))
  })

needs(["valkey"], () => onRedis("behind sentinels", behindSentinels))
needs(["redis"], () => onRedis("in a cluster", inCluster))
