import { Effect } from "effect"
import type { Page } from "playwright-core"
import { type BrowserFailed, step } from "./Browser.ts"

/** Hands on a keyboard that count what they do. What they press goes to whatever has the focus. */
export interface Keyboard {
  /** Each is one key, as `Enter`, `j` or `Control+k`. */
  readonly press: (...keys: ReadonlyArray<string>) => Effect.Effect<void, BrowserFailed>
  /** Counts as one key. */
  readonly paste: (text: string) => Effect.Effect<void, BrowserFailed>
  /** Words that somebody has to find by himself, as a reason. They count for nothing. */
  readonly write: (text: string) => Effect.Effect<void, BrowserFailed>
  /** Keys and pastes so far. */
  readonly keys: () => number
}

export const keyboard = (page: Page): Keyboard => {
  let keys = 0
  const counted = (doing: string, work: () => Promise<void>) =>
    Effect.tap(step(doing, work), Effect.sync(() => void keys++))
  return {
    press: (...pressed) =>
      Effect.forEach(pressed, (key) => counted(`pressing ${key}`, () => page.keyboard.press(key)), { discard: true }),
    paste: (text) => counted(`pasting "${text}"`, () => page.keyboard.insertText(text)),
    write: (text) => step(`writing "${text}"`, () => page.keyboard.type(text)),
    keys: () => keys
  }
}
