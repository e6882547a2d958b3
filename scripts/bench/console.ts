import { Effect, Schema, type Scope } from "effect"
import type { CDPSession, Page } from "playwright-core"
import { Browser, type BrowserFailed, step } from "../../test/support/browser/Browser.ts"
import { buildConsole } from "../console/buildConsole.ts"
import { atMost, type Bench, type Figure, memoryTargets } from "./Bench.ts"
import { median } from "./statistics.ts"
import { peakMemoryMb } from "./usage.ts"

interface Opened {
  /** Of all that came over the wire, headers and all, as the browser asked for it. */
  readonly bytes: number
  readonly paintMs: number
  /** Until the field for the key is there and has the focus. */
  readonly usableMs: number
}

/** Notes when the login can be used, by the page's own clock. */
const noteUsable = `new MutationObserver(() => {
  if (window.usableAt === undefined && document.activeElement?.matches("input[type=password]")) window.usableAt = performance.now()
}).observe(document, { childList: true, subtree: true, attributes: true })`

const Times = Schema.Struct({ paintMs: Schema.Finite, usableMs: Schema.Finite })
const decodeTimes = Schema.decodeUnknownSync(Times)
/** Gives both times once both are known. */
const times = `new Promise((resolve) => {
  const look = () => {
    const [paint] = performance.getEntriesByName("first-contentful-paint")
    if (paint === undefined || window.usableAt === undefined) requestAnimationFrame(look)
    else resolve({ paintMs: paint.startTime, usableMs: window.usableAt })
  }
  look()
})`

/** Bytes that come over the wire from now on. */
const counting = async (session: CDPSession): Promise<() => number> => {
  let bytes = 0
  session.on("Network.loadingFinished", ({ encodedDataLength }) => void (bytes += encodedDataLength))
  await session.send("Network.enable")
  return () => bytes
}

const load = async (page: Page, url: string, slower: number): Promise<Opened> => {
  const session = await page.context().newCDPSession(page)
  const bytes = await counting(session)
  await session.send("Emulation.setCPUThrottlingRate", { rate: slower })
  await page.addInitScript(noteUsable)
  await page.goto(url)
  await page.getByLabel("Key", { exact: true }).waitFor()
  const known = decodeTimes(await page.evaluate(times))
  return { bytes: bytes(), ...known }
}

/** Opens the console for the first time in a browser that kept nothing. */
const open = (url: string, slower: number): Effect.Effect<Opened, BrowserFailed, Browser> =>
  Effect.scoped(
    Effect.gen(function*(): Effect.fn.Return<Opened, BrowserFailed, Browser | Scope.Scope> {
      const context = yield* Effect.flatMap(Browser, ({ fresh }) => fresh({ viewport: { width: 1_440, height: 900 } }))
      const page = yield* step("opening a tab", () => context.newPage())
      return yield* step(`opening ${url}`, () => load(page, url, slower))
    })
  )

const say = ({ bytes, paintMs, usableMs }: Opened) =>
  `${Math.round(bytes / 1_024)} kB, painted after ${Math.round(paintMs)} ms, usable after ${Math.round(usableMs)} ms`

export const consoleLoad: Bench = {
  name: "console",
  title: "The console, opened for the first time in Chromium",
  baseline: "none: these are what somebody waits for",
  run: Effect.fnUntraced(function*(harness, flow) {
    const { firstLoad } = yield* Effect.tryPromise(() => buildConsole({ force: true }))
    const webUi = yield* harness.program("web-ui")
    const url = `http://127.0.0.1:${webUi.port}/console/`
    const slowed = [1, 4]
    const opened: Record<number, Array<Opened>> = {}
    for (let round = 0; round < flow.rounds; round++) {
      for (const slower of slowed) {
        const result = yield* open(url, slower)
        ;(opened[slower] ??= []).push(result)
        yield* flow.progress(`console, round ${round + 1} of ${flow.rounds}, ${slower} times slower: ${say(result)}`)
      }
    }
    const of = (slower: number, what: keyof Opened) => (opened[slower] ?? []).map((result) => result[what])
    const figure = (what: string, unit: string, ours: ReadonlyArray<number>): Figure => ({
      what,
      unit,
      ours,
      baseline: []
    })
    const kilobytes = of(1, "bytes").map((bytes) => bytes / 1_024)
    const memoryMb = { "web-ui": peakMemoryMb(webUi.pid) }
    return {
      figures: [
        figure("loaded before the login, by gzip", "kB", [firstLoad / 1_024]),
        figure("the same as Chromium asks for it", "kB", kilobytes),
        ...slowed.flatMap((slower) => [
          figure(`first paint, ${slower} × slower`, "ms", of(slower, "paintMs")),
          figure(`login usable, ${slower} × slower`, "ms", of(slower, "usableMs"))
        ])
      ],
      targets: [
        atMost("kB before the login, by gzip", firstLoad / 1_024, 320),
        atMost("first paint, ms, 4 × slower", median(of(4, "paintMs")), 600),
        atMost("usable, ms, 4 × slower", median(of(4, "usableMs")), 1_500),
        ...memoryTargets(memoryMb)
      ],
      memoryMb,
      limitedBy: "the browser, which compiles and runs the libraries"
    }
  }, Effect.provide(Browser.layer))
}
