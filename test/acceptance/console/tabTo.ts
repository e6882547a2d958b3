import { Effect } from "effect"
import type { Locator } from "playwright-core"
import { BrowserFailed, step } from "../../support/browser/Browser.ts"
import type { Tab } from "../../support/browser/Tab.ts"

const most = 150

/** Goes on by Tab alone until this has the focus: whoever has no pointer gets there too. */
export const tabTo = (tab: Tab, what: Locator): Effect.Effect<void, BrowserFailed> =>
  Effect.gen(function*() {
    for (let at = 0; at < most; at++) {
      const focused = yield* step("asking for the focus", () =>
        what.evaluate((element) => element === element.ownerDocument.activeElement))
      if (focused) {
        return
      }
      yield* tab.keyboard.press("Tab")
    }
    return yield* new BrowserFailed({ doing: `going to ${String(what)} by Tab`, cause: new Error(`${most} times Tab`) })
  })
