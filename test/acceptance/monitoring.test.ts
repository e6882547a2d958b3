import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Slo } from "../../src/api/web-ui/Slo.ts"
import { until } from "../support/eventually.ts"
import { freshClone } from "../support/freshClone.ts"
import { needs } from "../support/needs.ts"
import { start } from "../support/startCommand.ts"

const get = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  Effect.promise(async (): Promise<string> => (await fetch(url, { headers })).text())

const Found = Schema.Struct({
  data: Schema.Struct({
    result: Schema.Array(Schema.Struct({
      metric: Schema.Struct({ job: Schema.String }),
      value: Schema.Tuple([Schema.Finite, Schema.String])
    }))
  })
})
const decodeFound = Schema.decodeUnknownEffect(Schema.fromJsonString(Found))
const decodeSlo = Schema.decodeUnknownEffect(Schema.fromJsonString(Slo))

needs(["prometheus"], () => {
  describe("npm start -- --monitoring", () => {
    it.live("starts a Prometheus that scrapes the four programs with the shipped rules, and ends it with them", () =>
      Effect.gen(function*() {
        const clone = yield* freshClone(undefined, { installed: "all" })
        const command = yield* start(clone, "--no-sample", "--monitoring")
        yield* command.start
        const stack = yield* command.stack
        const [, url = ""] = /Prometheus is up at (\S+),/.exec(command.said()) ?? []

        const query = `${url}/api/v1/query?query=${encodeURIComponent("sum by (job) (up)")}`
        const up = get(query).pipe(
          Effect.flatMap(decodeFound),
          Effect.map(({ data }) => data.result.map(({ metric, value }) => `${metric.job} ${value[1]}`).sort())
        )
        yield* until(up, (jobs) => jobs.length === 4 && jobs.every((job) => job.endsWith(" 1")))

        const slo = yield* decodeSlo(
          yield* get(`${stack.webUi[0]?.url}/api/v1/slo`, { "x-api-key": stack.keys.viewer })
        )
        assert.deepStrictEqual(slo.objectives.map(({ name }) => name), [
          "intake",
          "decided",
          "delivered",
          "settings"
        ])
        const said = yield* clone.shell("env -u MUTT_URL -u MUTT_API_KEY sh scripts/mutt.sh slo")
        assert.match(said, /^objective +status +wanted/)
        yield* command.stop
        assert.isTrue(yield* Effect.promise(() => fetch(url).then(() => false, () => true)))
      }))
  })
})
