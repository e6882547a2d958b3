import { assert, describe, it } from "@effect/vitest"
import { csvCell, csvLines, ndjsonLines } from "../../../../services/web-ui/console/parts/csv.ts"

describe("an export", () => {
  it("never lets a spreadsheet run what a device sent", () => {
    for (const start of ["=", "+", "-", "@", "\t", "\r"]) {
      assert.strictEqual(csvCell(`${start}cmd`), `"'${start}cmd"`)
    }
    assert.strictEqual(csvCell(-3), "-3")
    assert.strictEqual(csvCell("a=b"), "a=b")
  })

  it("quotes what would break a line or a cell", () => {
    assert.strictEqual(csvCell("a,b"), "\"a,b\"")
    assert.strictEqual(csvCell("say \"hi\"\n"), "\"say \"\"hi\"\"\n\"")
    assert.strictEqual(csvCell(null), "")
  })

  it("has a line for each row, with the columns that were asked for", () => {
    const rows = [{ host: "core-1", severity: 3, cut: false }, { host: "=1", severity: null, cut: true }]
    assert.strictEqual(csvLines(["severity", "host"], rows), "3,core-1\r\n,\"'=1\"\r\n")
    assert.strictEqual(ndjsonLines(rows.slice(0, 1)), "{\"host\":\"core-1\",\"severity\":3,\"cut\":false}\n")
  })
})
