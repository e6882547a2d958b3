import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type Browser, step } from "../../../test/support/browser/Browser.ts"
import type { Harness } from "../Harness.ts"
import { openPage, type Site } from "./page.ts"

export const filteredRows = 50_000

/** Names to find a part of: `host00000` to `host49999`. */
const names = Array.from({ length: filteredRows }, (_, number) => `host${String(number).padStart(5, "0")}`)
const counted = (text: string) => names.filter((name) => name.includes(text)).length

export const storeHosts = (harness: Harness) =>
  harness.sql(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`TRUNCATE development_hosts`
    yield* sql`INSERT INTO development_hosts (hostname) SELECT json_array_elements_text(${
      JSON.stringify(names)
    }::text::json)`
  }))

/** Notes when a key was pressed in a field. */
const noteTyped = `addEventListener("input", ({ timeStamp }) => window.typedAt = timeStamp, true)`

/** Milliseconds from the press of a key to the frame after the list had so many rows. */
const drawn = (rows: number) =>
  `new Promise((resolve) => {
  const grid = document.querySelector("[role=grid]")
  const look = () => {
    if (Number(grid.getAttribute("aria-rowcount")) - 1 !== ${rows}) return
    watch.disconnect()
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => resolve(performance.now() - window.typedAt)
      port2.postMessage(0)
    })
  }
  const watch = new MutationObserver(look)
  watch.observe(grid, { attributes: true })
  look()
})`

/** What is found one after another; the last finds all again. */
const typed = ["4", "49", "4", ""] as const

const decodeMs = Schema.decodeUnknownSync(Schema.Finite)

/** Milliseconds of each filter of the host names, which the browser filters itself. */
export const filterRows = (site: Site): Effect.Effect<ReadonlyArray<number>, unknown, Browser> =>
  Effect.scoped(Effect.gen(function*() {
    const { page } = yield* openPage(site, "hosts?view=patterns", (page) => page.addInitScript(noteTyped))
    return yield* step("filtering", async () => {
      await page.evaluate(drawn(filteredRows))
      const field = page.getByLabel("Name", { exact: true })
      const times: Array<number> = []
      for (const text of typed) {
        const known = page.evaluate(drawn(counted(text)))
        await field.fill(text)
        times.push(decodeMs(await known))
      }
      return times
    })
  }))
