import { Effect, Schema } from "effect"
import type { CDPSession } from "playwright-core"
import { type Browser, type BrowserFailed, step } from "../../../test/support/browser/Browser.ts"
import { newTab, type Opened } from "./page.ts"

export interface Opening {
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

const load = async ({ page, session }: Opened, url: string, slower: number): Promise<Opening> => {
  const bytes = await counting(session)
  await session.send("Emulation.setCPUThrottlingRate", { rate: slower })
  await page.addInitScript(noteUsable)
  await page.goto(url)
  await page.getByLabel("Key", { exact: true }).waitFor()
  const known = decodeTimes(await page.evaluate(times))
  return { bytes: bytes(), ...known }
}

/** Opens the console for the first time in a browser that kept nothing. */
export const open = (url: string, slower: number): Effect.Effect<Opening, BrowserFailed, Browser> =>
  Effect.scoped(Effect.flatMap(newTab, (tab) => step(`opening ${url}`, () => load(tab, url, slower))))

export const openingText = ({ bytes, paintMs, usableMs }: Opening) =>
  `${Math.round(bytes / 1_024)} kB, painted after ${Math.round(paintMs)} ms, usable after ${Math.round(usableMs)} ms`
