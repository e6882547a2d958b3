import { Effect } from "effect"
import { request } from "../../../test/support/request.ts"

const openMetrics = "application/openmetrics-text;version=1.0.0"

const page = (url: string, accept: string) =>
  Effect.flatMap(request(`${url}/metrics`, { headers: { accept } }), (answer) => Effect.promise(() => answer.text()))

/** The metrics of programs, as they tell them and with exemplars where they have these. */
export const readPages = (urls: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(urls, (url) => Effect.all([page(url, "text/plain"), page(url, openMetrics)])),
    (pages) => ({ plain: pages.map(([plain]) => plain), all: pages.flat() })
  )

/** The sum of a metric over programs and series; of those with this in their labels. */
export const sumOf = (pages: ReadonlyArray<string>, name: string, labels = ""): number => {
  let sum = 0
  for (const line of pages.flatMap((text) => text.split("\n"))) {
    const [, found, series = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? []
    if (found === name && series.includes(labels)) sum += Number(value)
  }
  return sum
}

export const exemplarsIn = (pages: ReadonlyArray<string>): number =>
  pages.reduce((sum, text) => sum + text.split(/# \{[^}\n]*trace_id=/).length - 1, 0)
