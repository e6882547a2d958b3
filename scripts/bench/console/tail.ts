import { Clock, Effect, Schema } from "effect"
import type { Page } from "playwright-core"
import { type Browser, type BrowserFailed, step } from "../../../test/support/browser/Browser.ts"
import type { Pace } from "../Bench.ts"
import type { Harness } from "../Harness.ts"
import { type Opened, openPage, type Site } from "./page.ts"
import { recordEvents, tailFull, tailKeeps } from "./tailEvents.ts"

export const tailPerSecond = 1_000

/** What the page did in one measurement of its tail. */
export interface TailRun {
  /** Share of a core of Chromium's process for the page, all of its threads. */
  readonly renderer: number
  /** Share of the time that the page's one thread was at work, and at work on script. */
  readonly busy: number
  readonly script: number
  /** 0 when none took 50 ms, below which the browser tells of none. */
  readonly longestTaskMs: number
  readonly drawsPerSecond: number
  /** Most rows in the page at a time. */
  readonly rows: number
  /** Events that were recorded and neither shown nor said to be left out. */
  readonly lost: number
  /** What the page held after it, of what it held before. */
  readonly heap: number
}

/**
 * Counts, in the page, how often React drew, and the most rows that were there then. React tells its developer tools of
 * each time, so these are named here.
 */
const notes = `window.noted = { draws: 0, rows: 0, longest: 0 }
const there = document.getElementsByClassName("grid-row")
window.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
  supportsFiber: true,
  checkDCE() {},
  inject: () => 1,
  onCommitFiberUnmount() {},
  onPostCommitFiberRoot() {},
  onCommitFiberRoot() {
    noted.draws += 1
    noted.rows = Math.max(noted.rows, there.length)
  }
}
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) noted.longest = Math.max(noted.longest, duration)
}).observe({ type: "longtask" })`

const Notes = Schema.Struct({ draws: Schema.Int, rows: Schema.Int, longest: Schema.Finite })
const readNotes = async (page: Page) => Schema.decodeUnknownSync(Notes)(await page.evaluate("noted"))

/** Rows shown, and rows said to be left out. */
const Told = Schema.Struct({ shown: Schema.Int, skipped: Schema.Int })
const told = `({
  shown: Number(document.querySelector("[role=grid]").getAttribute("aria-rowcount")) - 1,
  skipped: Number((/([\\d,]+) left out/.exec(document.querySelector(".list-line").textContent)?.[1] ?? "0").replaceAll(",", ""))
})`
const readTold = async (page: Page) => Schema.decodeUnknownSync(Told)(await page.evaluate(told))

/** Seconds of processor that the tabs of this browser used, and seconds that the page's thread was at work. */
export const readUse = async ({ page, session }: Opened) => {
  const browser = await page.context().browser()?.newBrowserCDPSession()
  const { processInfo = [] } = await browser?.send("SystemInfo.getProcessInfo") ?? {}
  await browser?.detach()
  const { metrics } = await session.send("Performance.getMetrics")
  const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN
  const renderers = processInfo.filter(({ type }) => type === "renderer")
  return {
    renderer: renderers.reduce((sum, { cpuTime }) => sum + cpuTime, 0),
    busy: of("TaskDuration"),
    script: of("ScriptDuration"),
    at: of("Timestamp")
  }
}

/** Bytes of what the page still needs. */
export const readHeap = async ({ session }: Opened) => {
  await session.send("HeapProfiler.collectGarbage")
  return (await session.send("Runtime.getHeapUsage")).usedSize
}

const live = (page: Page) => page.locator(".tail-state.open").waitFor()

/** Waits until all that was sent is told of, and gives how much never was. */
export const awaitTold = (page: Page, expected: number): Effect.Effect<number, BrowserFailed> =>
  Effect.gen(function*() {
    let missing = expected
    for (let tries = 0; missing !== 0 && tries < 50; tries++) {
      const { shown, skipped } = yield* step("counting what is shown", () => readTold(page))
      missing = expected - shown - skipped
      if (missing !== 0) yield* Effect.sleep("100 millis")
    }
    return missing
  })

const measure = (harness: Harness, flow: Pace, tab: Opened, before: number) =>
  Effect.gen(function*() {
    const { page } = tab
    const warmUp = yield* harness.sql(recordEvents(tailPerSecond, flow.warmUpMs))
    const heapBefore = yield* step("measuring the heap", () => readHeap(tab))
    const from = yield* step("beginning to measure", async () => {
      await page.evaluate("Object.assign(noted, { draws: 0, rows: 0, longest: 0 })")
      return readUse(tab)
    })
    const sent = yield* harness.sql(recordEvents(tailPerSecond, flow.measureMs))
    const [to, noted] = yield* step("measuring", async () => [await readUse(tab), await readNotes(page)] as const)
    const lost = yield* awaitTold(page, Math.min(tailKeeps, before + warmUp + sent))
    const heapAfter = yield* step("measuring the heap", () => readHeap(tab))
    const seconds = to.at - from.at
    const result: TailRun = {
      renderer: (to.renderer - from.renderer) / seconds,
      busy: (to.busy - from.busy) / seconds,
      script: (to.script - from.script) / seconds,
      longestTaskMs: noted.longest,
      drawsPerSecond: noted.draws / seconds,
      rows: noted.rows,
      lost,
      heap: heapAfter / heapBefore
    }
    return result
  })

const path = "events?tail=1"

/** A tail that has just begun: what it tells adds up. */
export const tailBegun = (harness: Harness, flow: Pace, site: Site): Effect.Effect<TailRun, unknown, Browser> =>
  Effect.scoped(Effect.gen(function*() {
    const tab = yield* openPage(site, path, (page) => page.addInitScript(notes))
    yield* step("enabling metrics", () => tab.session.send("Performance.enable"))
    yield* step("waiting for the tail", () => live(tab.page))
    return yield* measure(harness, flow, tab, 0)
  }))

/** Opens a tail that keeps all that it ever will, as it does after a minute and after a month. */
export const openFilled = (site: Site) =>
  Effect.gen(function*() {
    const body = tailFull(yield* Clock.currentTimeMillis)
    const tab = yield* openPage(site, path, async (page) => {
      await page.addInitScript(notes)
      await page.route(/\/events\/stream/, (route) => route.fulfill({ contentType: "text/event-stream", body }), {
        times: 1
      })
    })
    yield* step("enabling metrics", () => tab.session.send("Performance.enable"))
    yield* awaitTold(tab.page, tailKeeps)
    yield* step("waiting for the tail", () => live(tab.page))
    return tab
  })

export const tailFilled = (harness: Harness, flow: Pace, site: Site): Effect.Effect<TailRun, unknown, Browser> =>
  Effect.scoped(Effect.flatMap(openFilled(site), (tab) => measure(harness, flow, tab, tailKeeps)))

export const tailText = (run: TailRun) =>
  `renderer ${run.renderer.toFixed(2)} of a core, busy ${run.busy.toFixed(2)}, script ${
    run.script.toFixed(2)
  }, longest ${Math.round(run.longestTaskMs)} ms, ${
    run.drawsPerSecond.toFixed(1)
  } draws/s, ${run.rows} rows, ${run.lost} lost, heap × ${run.heap.toFixed(3)}`
