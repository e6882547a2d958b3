import { Effect } from "effect"
import type { Locator } from "playwright-core"
import { type BrowserFailed, step } from "./Browser.ts"

/** A hand on a mouse that counts what it does. */
export interface Pointer {
  readonly click: (what: Locator) => Effect.Effect<void, BrowserFailed>
  /** Presses on one thing and lets go over another. Counts as one. */
  readonly drag: (from: Locator, to: Locator) => Effect.Effect<void, BrowserFailed>
  /** Clicks and drags so far. */
  readonly clicks: () => number
}

export const pointer = (): Pointer => {
  let clicks = 0
  const counted = (doing: string, work: () => Promise<void>) =>
    Effect.tap(step(doing, work), Effect.sync(() => void clicks++))
  return {
    click: (what) => counted(`clicking on ${String(what)}`, () => what.click()),
    drag: (from, to) => counted(`dragging ${String(from)} to ${String(to)}`, () => from.dragTo(to)),
    clicks: () => clicks
  }
}
