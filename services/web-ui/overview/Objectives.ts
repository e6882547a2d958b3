import { Context, Effect, Layer, Schema, Stream } from "effect"
import { HttpClient } from "effect/http"
import { type ObjectiveStatus, ObjectivesUnknown, type Slo } from "../../../src/api/web-ui/Slo.ts"
import { type Objective, objectiveDays, objectives } from "../../../src/domain/Objective.ts"
import { burnLimits, objectivesQuery, windows } from "../../../src/logic/objectiveQueries.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

/** Prometheus did not answer what was asked. */
export class PrometheusUnavailable extends Schema.TaggedError<PrometheusUnavailable>()("PrometheusUnavailable", {
  detail: Schema.String
}) {}

const answerMs = 5_000
/** The answer has 28 numbers. */
const mostBytes = 65_536

/** Asks Prometheus how the objectives stand. */
export class Objectives extends Context.Service<Objectives, {
  readonly status: Effect.Effect<Slo, PrometheusUnavailable | ObjectivesUnknown>
}>()("mutt/services/web-ui/overview/Objectives") {
  static readonly layer = Layer.effect(
    Objectives,
    Effect.gen(function*() {
      const { prometheusUrl } = yield* WebUiSettings
      const client = yield* HttpClient.HttpClient
      if (prometheusUrl === undefined) {
        const detail = "No Prometheus is known here: set PROMETHEUS_URL for the web-ui program."
        return { status: Effect.fail(new ObjectivesUnknown({ detail })) }
      }
      const url = `${prometheusUrl}/api/v1/query`
      const ask = Effect.gen(function*() {
        const response = yield* client.get(url, { urlParams: { query: objectivesQuery } })
        if (response.status !== 200) {
          return yield* new PrometheusUnavailable({ detail: `It answered ${response.status}.` })
        }
        let bytes = 0
        const text = yield* response.stream.pipe(
          Stream.tap((chunk) =>
            (bytes += chunk.length) > mostBytes
              ? Effect.fail(new PrometheusUnavailable({ detail: "Its answer is too long." }))
              : Effect.void
          ),
          Stream.decodeText(),
          Stream.mkString
        )
        return yield* decode(text)
      })
      return {
        status: ask.pipe(
          Effect.timeout(answerMs),
          Effect.map(({ data: { result } }) => sloOf(result)),
          Effect.mapError((error) =>
            new PrometheusUnavailable({ detail: "detail" in error ? error.detail : error._tag })
          )
        )
      }
    })
  )
}

const Answer = Schema.Struct({
  data: Schema.Struct({
    result: Schema.Array(Schema.Struct({
      metric: Schema.Record(Schema.String, Schema.String),
      /** A time, and the value as text. */
      value: Schema.Tuple([Schema.Finite, Schema.String])
    }))
  })
})
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Answer))
type Found = (typeof Answer.Type)["data"]["result"]

/** Reads shares of bad ones, by objective and window. */
export const sloOf = (found: Found): Slo => {
  const bad = (name: string, window: string): number | undefined => {
    const text = found.find(({ metric }) => metric["objective"] === name && metric["window"] === window)?.value[1]
    const number = Number(text)
    return text === undefined || !Number.isFinite(number) ? undefined : number
  }
  return { days: objectiveDays, objectives: objectives.map((objective) => statusOf(objective, bad)) }
}

const statusOf = (
  { good, name, target }: Objective,
  bad: (name: string, window: string) => number | undefined
): ObjectiveStatus => {
  const budget = 1 - target
  const whole = bad(name, `${objectiveDays}d`)
  const rates = Object.fromEntries(windows.map((window) => {
    const share = bad(name, window)
    return [window, share === undefined ? null : rounded(share / budget)]
  }))
  const isBurning = burnLimits.some(({ rate, windows: [long, short] }) =>
    [long, short].every((window) => (bad(name, window) ?? 0) > rate * budget)
  )
  const left = whole === undefined ? null : rounded(1 - whole / budget)
  return {
    name,
    good,
    target,
    value: whole === undefined ? null : rounded(1 - whole),
    budget_left: left,
    burn_rates: rates,
    status: isBurning ? "burning" : left === null ? "no_data" : left < 0 ? "spent" : "ok"
  }
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
