import { AxeBuilder } from "@axe-core/playwright"
import { Effect, Schema } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "../../../scripts/stack/Paths.ts"
import { type BrowserFailed, step } from "./Browser.ts"
import type { Look, Tab } from "./Tab.ts"

/** WCAG 2.2 up to AA, and what axe holds good besides. */
const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/** What axe finds wrong with the page as it is: the rule, and where. */
export const axe = ({ page }: Tab): Effect.Effect<ReadonlyArray<string>, BrowserFailed> =>
  Effect.map(
    step("asking axe", () => new AxeBuilder({ page }).withTags(axeTags).setLegacyMode().analyze()),
    ({ violations }) =>
      violations.flatMap(({ help, id, nodes }) => nodes.map(({ target }) => `${id} (${help}): ${target.join(" ")}`))
  )

const findOverflows = readFileSync(join(import.meta.dirname, "overflows.js"), "utf8")
const decodeOverflows = Schema.decodeUnknownSync(Schema.Array(Schema.String))

/** What leaves the window, is cut off by it, or lies over what stands beside it. */
export const overflows = ({ page }: Tab): Effect.Effect<ReadonlyArray<string>, BrowserFailed> =>
  step("measuring the page", async () => decodeOverflows(await page.evaluate(findOverflows)))

/** How much of a page is below the window: the page stands still and its parts scroll. */
const hidden =
  "Math.max(...[...document.querySelectorAll('main, main *')].map((part) => part.scrollHeight - part.clientHeight), 0)"
const highestPicture = 2_400

/** A picture of the page for people to look at: `.mutt/shots/<page>-<theme>-<density>-<width>.png`. */
export const shot = (tab: Tab, name: string): Effect.Effect<void, BrowserFailed> =>
  step(`taking a picture of ${name}`, async () => {
    const { density, theme, width } = tab.look()
    const window = tab.page.viewportSize() ?? { width, height: 0 }
    const folder = join(stateFolder, "shots")
    // The window as people see it is for the docs; the whole page for who looks for faults.
    if (theme === "light" && density === "comfortable" && width === 1_440) {
      await tab.page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" })
    }
    const below = Number(await tab.page.evaluate(hidden))
    await tab.page.setViewportSize({ width, height: Math.min(highestPicture, window.height + below) })
    const path = join(folder, `${name}-${theme}-${density}-${width}.png`)
    await tab.page.screenshot({ path, animations: "disabled", caret: "hide" })
    await tab.page.setViewportSize(window)
  })

/** The ways of showing that people look at, and the narrowest that must do. */
const allLooks: ReadonlyArray<Look> = [
  ...[1_440, 390].flatMap((width) =>
    (["light", "dark"] as const).flatMap((theme) =>
      (["comfortable", "compact"] as const).map((density) => ({ width, theme, density }))
    )
  ),
  { width: 320, theme: "light", density: "comfortable" }
]

/** Those in which something of its own can go wrong: each theme, each density, a desk, and the narrowest. */
const fewLooks: ReadonlyArray<Look> = [
  { width: 1_440, theme: "light", density: "comfortable" },
  { width: 1_440, theme: "dark", density: "compact" },
  { width: 320, theme: "light", density: "comfortable" }
]

/** People who look at pictures set `MUTT_SHOTS`, to `all` or to `few`; tests find without them what they can find. */
const pictures = process.env["MUTT_SHOTS"]
const looks = pictures === "all" ? allLooks : fewLooks

/** Axe looks at each theme and at the narrowest. */
const isForAxe = ({ width }: Look): boolean => width !== 390

/** Shows the page in every way, takes pictures, and gives all that is wrong in any of them. */
export const inspect = (tab: Tab, name: string): Effect.Effect<ReadonlyArray<string>, BrowserFailed> =>
  Effect.gen(function*() {
    const before = tab.look()
    const wrong: Array<string> = []
    for (const look of looks) {
      yield* tab.wear(look)
      const found = [...(yield* overflows(tab)), ...(isForAxe(look) ? yield* axe(tab) : [])]
      wrong.push(...found.map((what) => `${name}, ${look.theme}, ${look.density}, ${look.width} px: ${what}`))
      if (pictures !== undefined) yield* shot(tab, name)
    }
    yield* tab.wear(before)
    return wrong
  })
