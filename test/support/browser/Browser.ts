import { Context, Effect, Layer, Schema, type Scope } from "effect"
import { type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core"
import { clientTool } from "../../../scripts/stack/Tools.ts"

/** What was being done in the browser when it could not be done. */
export class BrowserFailed extends Schema.TaggedError<BrowserFailed>()("BrowserFailed", {
  doing: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `${this.doing}: ${this.cause instanceof Error ? this.cause.message : JSON.stringify(this.cause)}`
  }
}

/** One step in the browser, with words for when it fails. */
export const step = <A>(doing: string, work: () => Promise<A>): Effect.Effect<A, BrowserFailed> =>
  Effect.tryPromise({ try: work, catch: (cause) => new BrowserFailed({ doing, cause }) })

/**
 * Root and containers have no user namespaces and little shared memory, so Chromium does without: it sees pages of ours
 * alone. Pictures are drawn by the processor.
 */
const flags = ["--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"]

/** Ends a wait for what never comes. Nothing that works comes near it, also on a machine that is busy. */
const patienceMs = 180_000

/** One Chromium without a window. */
export class Browser extends Context.Service<Browser, {
  /** A browser as it is when new: no cookies, nothing kept. It ends with its scope. */
  readonly fresh: (options: BrowserContextOptions) => Effect.Effect<BrowserContext, BrowserFailed, Scope.Scope>
}>()("test/support/browser/Browser") {
  static readonly layer = Layer.effect(
    Browser,
    Effect.gen(function*() {
      const { bin } = yield* clientTool("chromium")
      const browser = yield* Effect.acquireRelease(
        step("starting Chromium", () => chromium.launch({ executablePath: bin, args: flags, chromiumSandbox: false })),
        (browser) => Effect.promise(() => browser.close())
      )
      return Browser.of({
        fresh: (options) =>
          Effect.acquireRelease(
            step("opening a fresh browser", async () => {
              const context = await browser.newContext(options)
              context.setDefaultTimeout(patienceMs)
              return context
            }),
            (context) =>
              Effect.promise(async () => {
                // What a test answers in the API's place may be half done.
                for (const page of context.pages()) await page.unrouteAll({ behavior: "ignoreErrors" })
                await context.close()
              })
          )
      })
    })
  )
}
