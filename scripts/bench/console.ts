import { Effect } from "effect"
import { Browser } from "../../test/support/browser/Browser.ts"
import { buildConsole } from "../console/buildConsole.ts"
import { clientTool } from "../stack/Tools.ts"
import { atMost, type Bench, type Figure, memoryTargets } from "./Bench.ts"
import { filteredRows, filterRows, storeHosts } from "./console/filtering.ts"
import { open, type Opening, openingText } from "./console/opening.ts"
import { soak } from "./console/soak.ts"
import { tailBegun, tailFilled, tailPerSecond, type TailRun, tailText } from "./console/tail.ts"
import { median } from "./statistics.ts"
import { peakMemoryMb } from "./usage.ts"

const slowed = [1, 4] as const
/** A tail that has just begun, and one that keeps all that it ever will. */
const tails = { begun: tailBegun, full: tailFilled } as const

const figure = (what: string, unit: string, ours: ReadonlyArray<number>): Figure => ({ what, unit, ours, baseline: [] })
const largest = (values: ReadonlyArray<number>): number => Math.max(...values)

const openingFigures = (slower: number, opened: ReadonlyArray<Opening>): ReadonlyArray<Figure> => [
  figure(`first paint, ${slower} × slower`, "ms", opened.map(({ paintMs }) => paintMs)),
  figure(`login usable, ${slower} × slower`, "ms", opened.map(({ usableMs }) => usableMs))
]

const tailFigures = (kind: string, runs: ReadonlyArray<TailRun>): ReadonlyArray<Figure> => {
  const of = (what: string, unit: string, value: (run: TailRun) => number) =>
    figure(`tail, ${kind}: ${what}`, unit, runs.map(value))
  return [
    of("renderer", "cores", ({ renderer }) => renderer),
    of("the page's thread at work", "cores", ({ busy }) => busy),
    of("of that script", "cores", ({ script }) => script),
    of("longest task, 0 below 50", "ms", ({ longestTaskMs }) => longestTaskMs),
    of("draws", "1/s", ({ drawsPerSecond }) => drawsPerSecond),
    of("rows in the page", "rows", ({ rows }) => rows),
    of("heap after, of before", "×", ({ heap }) => heap)
  ]
}

export const consoleBudgets: Bench = {
  name: "console",
  title: `The console in Chromium: opened for the first time, a tail at ${
    tailPerSecond.toLocaleString("en")
  } events/s, and a list of ${filteredRows.toLocaleString("en")} rows filtered`,
  baseline: "none: these are what somebody waits for",
  needs: clientTool("chromium"),
  run: Effect.fnUntraced(function*(harness, flow) {
    const { firstLoad } = yield* Effect.tryPromise(() => buildConsole({ force: true }))
    yield* storeHosts(harness)
    const webUi = yield* harness.program("web-ui")
    const site = { url: `http://127.0.0.1:${webUi.port}/console/`, key: harness.keys.admin }
    if (flow.minutes > 0) return yield* soak(harness, flow, site, webUi.pid)
    const opened: Record<(typeof slowed)[number], Array<Opening>> = { 1: [], 4: [] }
    const tailed: Record<keyof typeof tails, Array<TailRun>> = { begun: [], full: [] }
    const filtered: Array<ReadonlyArray<number>> = []
    for (let round = 1; round <= flow.rounds; round++) {
      const say = (what: string, result: string) =>
        flow.progress(
          `console, round ${round} of ${flow.rounds}, ${what}: ${result}; web-ui ${
            Math.round(peakMemoryMb(webUi.pid))
          } MB at most`
        )
      for (const slower of slowed) {
        const opening = yield* open(site.url, slower)
        opened[slower].push(opening)
        yield* say(`${slower} times slower`, openingText(opening))
      }
      for (const kind of ["begun", "full"] as const) {
        const run = yield* tails[kind](harness, flow, site)
        tailed[kind].push(run)
        yield* say(`tail, ${kind}`, tailText(run))
      }
      const times = yield* filterRows(site)
      filtered.push(times)
      yield* say("filtered", `${times.map(Math.round).join(", ")} ms`)
    }
    const runs = [...tailed.begun, ...tailed.full]
    const full = (value: (run: TailRun) => number) => median(tailed.full.map(value))
    const filterMs = filtered.map(median)
    const memoryMb = { "web-ui": peakMemoryMb(webUi.pid) }
    return {
      figures: [
        figure("loaded before the first page, by gzip", "kB", [firstLoad / 1_024]),
        figure("loaded before the login, as Chromium asks for it", "kB", opened[1].map(({ bytes }) => bytes / 1_024)),
        ...slowed.flatMap((slower) => openingFigures(slower, opened[slower])),
        ...Object.entries(tailed).flatMap(([kind, runs]) => tailFigures(kind, runs)),
        figure("filter of 50,000 rows, until drawn", "ms", filterMs),
        figure("the slowest of them", "ms", filtered.map(largest))
      ],
      targets: [
        atMost("kB before the first page, by gzip", firstLoad / 1_024, 320),
        atMost("first paint, ms, 4 × slower", median(opened[4].map(({ paintMs }) => paintMs)), 600),
        atMost("usable, ms, 4 × slower", median(opened[4].map(({ usableMs }) => usableMs)), 1_500),
        atMost("full tail, cores of the renderer", full(({ renderer }) => renderer), 0.25),
        atMost("tail, longest task, ms", largest(runs.map(({ longestTaskMs }) => longestTaskMs)), 200),
        atMost("tail, rows in the page", largest(runs.map(({ rows }) => rows)), 80),
        atMost("tail, draws/s", largest(runs.map(({ drawsPerSecond }) => drawsPerSecond)), 10),
        atMost(
          "tail, events neither shown nor said to be left out",
          largest(runs.map(({ lost }) => Math.abs(lost))),
          0
        ),
        atMost("full tail, heap after of before", full(({ heap }) => heap), 1.1),
        atMost("filter of 50,000 rows, ms", median(filterMs), 100),
        ...memoryTargets(memoryMb)
      ],
      memoryMb,
      limitedBy: "the browser: it compiles and runs the libraries at first, and draws rows later"
    }
  }, Effect.provide(Browser.layer))
}
