import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { decodeInput, peer } from "./cases.ts"

const context = "2026-11-28T04:00:00.000Z"
const page = readFileSync(new URL("../../../docs/SENDERS.md", import.meta.url), "utf8")

/** The cells of each row under the titles; `\|` stands for a bar within one. */
const rows = page.slice(page.indexOf("| family | example |")).split("\n\n", 1).join("").split("\n").slice(2).map((
  row
) => row.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|")))

const code = (cell = ""): string | undefined => /^`(.*)`$/.exec(cell)?.[1]

describe("the table of vendors in docs/SENDERS.md", () => {
  it("has many families, each once", () => {
    const families = rows.map(([family]) => family)
    assert.isAtLeast(families.length, 50)
    assert.strictEqual(new Set(families).size, families.length)
  })

  it.each(rows)("says of %s what is read: %s", (_family, example, host, time, program) => {
    const bytes = new TextEncoder().encode(code(example))
    const { events } = decodeInput({ transport: "udp", bytes, headers: {}, arrival: context })
    assert.deepStrictEqual(
      events.map((event) => [event.hostname, event.timestamp, event.program]),
      [[
        host === "the peer" ? peer : code(host),
        time === "the arrival" ? context : code(time),
        program === "" ? undefined : code(program)
      ]]
    )
  })
})
