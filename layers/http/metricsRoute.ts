import { type Context, Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { type MetricsFormat, metricsText } from "../telemetry/metricsText.ts"

const contentTypes: Readonly<Record<MetricsFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
}

interface Range {
  readonly type: string
  readonly version: string | undefined
  readonly quality: number
}

const rangesOf = (accept: string): ReadonlyArray<Range> =>
  accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase())
    const of = (name: string) => parameters.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
    const quality = Number(of("q") ?? 1)
    return { type, version: of("version")?.replaceAll("\"", ""), quality: quality >= 0 && quality <= 1 ? quality : 0 }
  })

/** What the ranges say of one type: the most specific that covers it decides. */
const qualityOf = (
  ranges: ReadonlyArray<Range>,
  type: string,
  version: string
): readonly [quality: number, specific: number] => {
  const fitting = ranges.filter((range) => range.version === undefined || range.version === version)
  for (const [specific, name] of [[2, type], [1, `${type.slice(0, type.indexOf("/"))}/*`], [0, "*/*"]] as const) {
    const found = fitting.filter((range) => range.type === name)
    if (found.length > 0) return [Math.max(...found.map(({ quality }) => quality)), specific]
  }
  return [0, -1]
}

/** OpenMetrics for who prefers it or names it beside no other preference; the text of old for everybody else. */
export const formatFor = (accept: string | undefined): MetricsFormat => {
  if (accept === undefined) return "prometheus"
  const ranges = rangesOf(accept)
  const [open, openSpecific] = qualityOf(ranges, "application/openmetrics-text", "1.0.0")
  const [text, textSpecific] = qualityOf(ranges, "text/plain", "0.0.4")
  if (open === 0) return "prometheus"
  return open > text || (open === text && openSpecific > textSpecific) ? "openmetrics" : "prometheus"
}

/** Answers `GET /metrics`, in the format that is asked for. */
export const metricsAnswer: Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  never,
  HttpServerRequest.HttpServerRequest
> = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  const context: Context.Context<never> = yield* Effect.context<never>()
  const format = formatFor(request.headers["accept"])
  return HttpServerResponse.text(metricsText(context, format), {
    contentType: contentTypes[format],
    headers: { vary: "accept" }
  })
})
