import { Effect, Schema, type Scope } from "effect"
import type { BrowserContextOptions, Locator, Page } from "playwright-core"
import { Browser, type BrowserFailed, step } from "./Browser.ts"
import { keepComplaints } from "./complaints.ts"
import { type Keyboard, keyboard } from "./Keyboard.ts"
import { type Pointer, pointer } from "./Pointer.ts"

/** How a page is shown. */
export interface Look {
  readonly width: number
  readonly theme: "light" | "dark"
  readonly density: "comfortable" | "compact"
}

export const usualLook: Look = { width: 1_440, theme: "light", density: "comfortable" }

/** A page did what no page may do, seen by nobody who only looks at it. */
export class Complaints extends Schema.TaggedError<Complaints>()("Complaints", {
  url: Schema.String,
  complaints: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.url}\n${this.complaints.map((complaint) => `  ${complaint}`).join("\n")}`
  }
}

interface TabOptions extends Partial<Look> {
  readonly url: string
  /** Complaints that are what the test is about, as requests that fail while the server is away. */
  readonly allowed?: ReadonlyArray<RegExp>
  /** Where the browser's clock stands still, for pictures. */
  readonly at?: Date
}

/** A page in a browser of its own, and the hands of who uses it. */
export interface Tab {
  readonly page: Page
  readonly pointer: Pointer
  readonly keyboard: Keyboard
  /** Shows it in another way, without loading it again. */
  readonly wear: (look: Look) => Effect.Effect<void, BrowserFailed>
  readonly look: () => Look
  /** Waits until it can be seen, by its role and name: so a screen reader finds it too. */
  readonly see: (role: Parameters<Page["getByRole"]>[0], name: string | RegExp) => Effect.Effect<Locator, BrowserFailed>
}

const heightOf = (width: number): number => width < 600 ? 844 : 900

const showAs = ({ theme, width }: Look) =>
  ({
    colorScheme: theme,
    // What moves is another picture each time.
    reducedMotion: "reduce",
    viewport: { width, height: heightOf(width) },
    locale: "en-GB",
    timezoneId: "UTC"
  }) satisfies BrowserContextOptions

/** The console keeps the density itself. */
const keepDensity = (density: Look["density"]) => `localStorage.setItem("mutt.density", ${JSON.stringify(density)})`

/**
 * Opens a page. When its scope ends, the test fails if the page made an error in its console, violated its policy, or
 * asked another origin than its own.
 */
export const openTab = (options: TabOptions): Effect.Effect<Tab, BrowserFailed, Browser | Scope.Scope> =>
  Effect.gen(function*() {
    const { allowed = [], at, url, ...wanted } = options
    let look: Look = { ...usualLook, ...wanted }
    const context = yield* Effect.flatMap(Browser, ({ fresh }) => fresh(showAs(look)))
    const page = yield* step("opening a tab", () => context.newPage())
    const complaints = yield* step(
      "listening to a tab",
      () => keepComplaints(context, page, new URL(url).origin, allowed)
    )
    yield* Effect.addFinalizer(() =>
      // What the page does last is told before it answers.
      Effect.andThen(
        Effect.ignore(step("asking the tab", () => page.evaluate("0"))),
        Effect.suspend(() => complaints.length === 0 ? Effect.void : Effect.die(new Complaints({ url, complaints })))
      )
    )
    if (at !== undefined) yield* step("stopping the clock", () => page.clock.setFixedTime(at))
    if (look.density !== usualLook.density) {
      yield* step("choosing the density", () => page.addInitScript(keepDensity(look.density)))
    }
    yield* step(`opening ${url}`, () => page.goto(url))
    const wear = (next: Look) =>
      step(`showing ${url} otherwise`, async () => {
        await page.emulateMedia({ colorScheme: next.theme })
        await page.setViewportSize({ width: next.width, height: heightOf(next.width) })
        await page.evaluate(`${keepDensity(next.density)}; dispatchEvent(new StorageEvent("storage"))`)
        // Parts that measure themselves do so in the frame after.
        await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        look = next
      })
    return {
      page,
      pointer: pointer(),
      keyboard: keyboard(page),
      wear,
      look: () => look,
      see: (role, name) => {
        const found = page.getByRole(role, { name }).first()
        return Effect.as(step(`waiting to see the ${role} ${String(name)}`, () => found.waitFor()), found)
      }
    }
  })
