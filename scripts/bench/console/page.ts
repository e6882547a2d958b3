import { Effect, type Scope } from "effect"
import type { CDPSession, Page } from "playwright-core"
import { Browser, type BrowserFailed, step } from "../../../test/support/browser/Browser.ts"

/** Where the console is, and a key that may see it. */
export interface Site {
  readonly url: string
  readonly key: string
}

export interface Opened {
  readonly page: Page
  readonly session: CDPSession
}

/** A tab in a browser that kept nothing. It ends with its scope. */
export const newTab: Effect.Effect<Opened, BrowserFailed, Browser | Scope.Scope> = Effect.gen(function*() {
  const context = yield* Effect.flatMap(Browser, ({ fresh }) => fresh({ viewport: { width: 1_440, height: 900 } }))
  return yield* step("opening a tab", async () => {
    const page = await context.newPage()
    return { page, session: await context.newCDPSession(page) }
  })
})

/** Opens a page of the console as somebody does who was sent its address. `prepare` comes before anything of it runs. */
export const openPage = (
  { key, url }: Site,
  path: string,
  prepare: (page: Page) => Promise<unknown>
): Effect.Effect<Opened, BrowserFailed, Browser | Scope.Scope> =>
  Effect.tap(newTab, ({ page }) =>
    step(`opening ${path}`, async () => {
      await prepare(page)
      await page.goto(url + path)
      await page.getByLabel("Your name").fill("bench")
      await page.getByLabel("Key", { exact: true }).fill(key)
      await page.getByRole("button", { name: "Log in" }).click()
      await page.getByRole("grid").waitFor()
    }))
