import { Effect } from "effect"
import { step } from "../../../test/support/browser/Browser.ts"
import { atMost, type Outcome, type Pace } from "../Bench.ts"
import type { Harness } from "../Harness.ts"
import { median } from "../statistics.ts"
import { peakMemoryMb } from "../usage.ts"
import type { Site } from "./page.ts"
import { awaitTold, openFilled, readHeap, readUse } from "./tail.ts"
import { recordEvents, tailKeeps } from "./tailEvents.ts"

export const soakPerSecond = 100

/** The middle of the first and of the last third, so that one minute that was swept less counts little. */
const growth = (values: ReadonlyArray<number>): number => {
  const third = Math.max(1, Math.floor(values.length / 3))
  return median(values.slice(-third)) / median(values.slice(0, third))
}

/** Follows a full tail for minutes, and sees that neither the page nor web-ui holds more at the end. */
export const soak = (harness: Harness, flow: Pace, site: Site, webUiPid: number) =>
  Effect.scoped(Effect.gen(function*() {
    const tab = yield* openFilled(site)
    // Of the first minute the browser still compiles and sorts what it holds.
    yield* harness.sql(recordEvents(soakPerSecond, Math.min(60_000, 6 * flow.measureMs)))
    const heapsMb: Array<number> = []
    const from = yield* step("beginning to measure", () => readUse(tab))
    for (let minute = 1; minute <= flow.minutes; minute++) {
      yield* harness.sql(recordEvents(soakPerSecond, 60_000))
      const heap = (yield* step("measuring the heap", () => readHeap(tab))) / 1_048_576
      heapsMb.push(heap)
      yield* flow.progress(
        `console, minute ${minute} of ${flow.minutes}: heap ${heap.toFixed(1)} MB; web-ui ${
          Math.round(peakMemoryMb(webUiPid))
        } MB at most`
      )
    }
    const to = yield* step("measuring", () => readUse(tab))
    const lost = yield* awaitTold(tab.page, tailKeeps)
    const memoryMb = { "web-ui": peakMemoryMb(webUiPid) }
    const ours = (what: string, unit: string, values: ReadonlyArray<number>) => ({
      what: `full tail at ${soakPerSecond} events/s for ${flow.minutes} min: ${what}`,
      unit,
      ours: values,
      baseline: []
    })
    const outcome: Outcome = {
      figures: [
        ours("heap of the page, each minute", "MB", heapsMb),
        ours("renderer", "cores", [(to.renderer - from.renderer) / (to.at - from.at)])
      ],
      targets: [
        atMost("heap, last third of the time over the first", growth(heapsMb), 1.05),
        atMost("events neither shown nor said to be left out", Math.abs(lost), 0),
        atMost("web-ui memory MB", memoryMb["web-ui"], 200)
      ],
      memoryMb,
      limitedBy: "nothing: this asks whether it stays as it is"
    }
    return outcome
  }))
