import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Console, Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { HttpApi } from "effect/http-api"
import { config } from "../../../services/cli/config.ts"
import { Idempotent } from "../../../src/api/shared/Idempotency.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { makeLossyProxy } from "../../layers/lossyProxy.ts"
import { ask } from "./ask.ts"
import { keys, SettingsWorld, SettingsWorldLayer } from "./settingsHarness.ts"

const between = { postgres: makeLossyProxy(), redis: makeLossyProxy() }

const rule = {
  match_type: "contains",
  match_string: "lost",
  prod_handling: "Ignore",
  dev_handling: "Ignore",
  team_assignment: "NOC"
}
const rulesOf = (text: string) =>
  Effect.map(
    ask("GET", "/api/v1/rules"),
    ({ body }) => body.rules.filter(({ match_string }: { match_string: string }) => match_string === text)
  )
const recordsOf = (correlationId: string) =>
  Effect.map(ask("GET", `/api/v1/audit?correlation_id=${correlationId}`), ({ body }) => body.logs)

layer(SettingsWorldLayer({ between }), { excludeTestServices: true })("an answer that is lost", (it) => {
  it.effect("to COMMIT: 503 says that the outcome is unknown, and asked again with the same key it is one change", () =>
    Effect.gen(function*() {
      const headers = { "idempotency-key": "a rule", "x-correlation-id": "a-rule" }
      const asked = { headers, body: rule }
      yield* between.postgres.loseCommits(1)
      const lost = yield* ask("POST", "/api/v1/rules", asked)
      assert.deepStrictEqual([lost.status, lost.body._tag, lost.body.outcome], [503, "Unavailable", "unknown"])
      assert.include(lost.body.detail, "same request")
      assert.match(lost.headers["retry-after"] ?? "", /^\d+$/)
      const again = yield* ask("POST", "/api/v1/rules", asked)
      assert.deepStrictEqual([again.status, again.headers["idempotency-replayed"]], [201, "true"])
      const third = yield* ask("POST", "/api/v1/rules", asked)
      assert.deepStrictEqual([third.status, third.body], [201, again.body])
      assert.lengthOf(yield* rulesOf("lost"), 1)
      assert.lengthOf(yield* recordsOf("a-rule"), 1)
    }))

  it.effect("the same of a setting, whose answer has its ETag", () =>
    Effect.gen(function*() {
      const asked = {
        headers: { "idempotency-key": "a setting", "x-correlation-id": "a-setting" },
        body: { value: 77 }
      }
      yield* between.postgres.loseCommits(1)
      const lost = yield* ask("PUT", "/api/v1/config/moog_rate_limit", asked)
      assert.deepStrictEqual([lost.status, lost.body.outcome], [503, "unknown"])
      const again = yield* ask("PUT", "/api/v1/config/moog_rate_limit", asked)
      assert.deepStrictEqual([again.status, again.body.old_value, again.body.new_value], [200, 50, 77])
      assert.match(again.headers["etag"] ?? "", new RegExp(`-${again.body.version}"$`))
      assert.lengthOf(yield* recordsOf("a-setting"), 1)
    }))

  it.effect("without a key it is unknown as well, and says to look first", () =>
    Effect.gen(function*() {
      for (
        const [method, path, body] of [
          ["PUT", "/api/v1/config/moog_rate_limit", { value: 78 }],
          ["POST", "/api/v1/rules", { ...rule, match_string: "unkeyed" }],
          ["POST", "/api/v1/dev-hosts", { hostname: "unkeyed" }],
          ["PUT", "/api/v1/host-zones/unkeyed", { time_zone: "UTC" }]
        ] as const
      ) {
        yield* between.postgres.loseCommits(1)
        const { body: answer, status } = yield* ask(method, path, { body })
        assert.deepStrictEqual([status, answer.outcome], [503, "unknown"], path)
        assert.include(answer.detail, "look first")
      }
      assert.lengthOf(yield* rulesOf("unkeyed"), 1)
    }))

  it.effect("the command asks again by itself, with the same key, and says so", () =>
    Effect.gen(function*() {
      const { webUis: [{ url }] } = yield* SettingsWorld
      const said: Array<string> = []
      const say = (...words: ReadonlyArray<unknown>) => void said.push(words.join(" "))
      const capturing: Console.Console = { ...globalThis.console, log: say, error: say }
      const env = { MUTT_URL: url, MUTT_API_KEY: keys.ADMIN_API_KEY }
      yield* between.postgres.loseCommits(1)
      yield* Command.runWith(config, { version: "0" })(["set", "unhandled_threshold", "9"]).pipe(
        Effect.provideService(Console.Console, capturing),
        Effect.provide(Layer.merge(NodeServices.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
      )
      assert.lengthOf(said, 2)
      assert.include(said[0] ?? "", "not known whether the change was made")
      assert.include(said[1] ?? "", "unhandled_threshold: 100 -> 9.")
      const { body } = yield* ask("GET", "/api/v1/config/history?key=unhandled_threshold")
      assert.strictEqual(body.pagination.total, 1)
    }))

  it.effect("of Redis: what was discarded is recorded as intended and as unknown, and then as it was", () =>
    Effect.gen(function*() {
      const { admin } = yield* SettingsWorld
      const dead = "mutt:{ingest}:dead"
      for (const id of ["1-0", "2-0"]) yield* admin.command("XADD", dead, id, "e", "{}", "r", "poison", "d", "")
      const asked = (id: string) => ({
        headers: { "idempotency-key": `discard ${id}`, "x-correlation-id": `discard-${id}` },
        body: { ids: [id], reason: "useless" }
      })
      const path = "/api/v1/dead-letters/events/discard"
      yield* between.redis.hang(true)
      const lost = yield* ask("POST", path, asked("1-0"))
      assert.deepStrictEqual([lost.status, lost.body.outcome], [503, "unknown"])
      const phases = Effect.map(
        recordsOf("discard-1-0"),
        (logs) =>
          logs.map(({ new_values, operation }: { new_values: { phase: string }; operation: string }) =>
            `${operation} ${new_values.phase}`
          )
      )
      assert.deepStrictEqual(yield* phases, ["UPDATE unknown", "UPDATE intent"])
      yield* between.redis.hang(false)
      // Redis has done it by now, or does it for the second request: once in any case.
      const again = yield* ask("POST", path, asked("1-0"))
      assert.deepStrictEqual([again.status, again.body], [200, { discarded: ["1-0"], missing: [] }])
      assert.deepStrictEqual((yield* ask("POST", path, asked("1-0"))).body, again.body)
      assert.deepStrictEqual(yield* phases, ["DELETE done", "UPDATE intent", "UPDATE unknown", "UPDATE intent"])
      assert.strictEqual(yield* admin.command("XLEN", dead), 1)
      assert.strictEqual(yield* admin.command("HGET", "mutt:{ingest}:books", "eventsDiscarded"), "1")
    }))

  it.effect("with PostgreSQL away nothing was changed, with a key and without", () =>
    Effect.gen(function*() {
      const { postgres } = yield* SettingsWorld
      yield* postgres.stop
      for (const headers of [{}, { "idempotency-key": "away" }]) {
        for (
          const [path, body] of [
            ["/api/v1/rules", rule],
            ["/api/v1/dead-letters/events/discard", { ids: ["2-0"] }]
          ] as const
        ) {
          const { body: answer, status } = yield* ask("POST", path, { headers, body })
          assert.deepStrictEqual([status, answer.outcome], [503, "unchanged"], path)
        }
      }
      yield* postgres.start
    }))
})

layer(Layer.empty)("Idempotency-Key", (it) => {
  it.effect("is taken by each write, and by nothing else", () =>
    Effect.sync(() => {
      const without: Array<string> = []
      const reads: Array<string> = []
      HttpApi.reflect(WebUiApi, {
        onGroup: () => {},
        onEndpoint: ({ endpoint, middleware }) => {
          const is = (one: unknown) => one === Idempotent
          const keyed = [...middleware].some(is)
          if (keyed && endpoint.method === "GET") reads.push(endpoint.path)
          if (!keyed && endpoint.method !== "GET") without.push(endpoint.path)
        }
      })
      assert.deepStrictEqual([reads, without], [
        [],
        [
          "/api/v1/rules/test",
          "/api/v1/rules/lint",
          "/api/v1/rules/backtest",
          "/api/v1/session/step-up",
          "/api/v1/session/link",
          "/api/v1/session",
          "/api/v1/session",
          "/api/v1/silences/preview"
        ]
      ])
    }))
})
