import { assert, describe, it } from "@effect/vitest"
import { Buffer } from "node:buffer"
import { readdirSync, readFileSync } from "node:fs"
import { compare, decodeInput, type Expectation, type Input } from "./cases.ts"

/** What a device sends by its manual or in a public sample, and what it means. */
interface Sample {
  readonly id: string
  readonly transport: Input["transport"]
  readonly text?: string
  readonly base64?: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly arrival: string
  readonly expect: Expectation
}

const folder = new URL("samples/", import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "field-cases.json")

for (const file of files) {
  const samples: ReadonlyArray<Sample> = JSON.parse(readFileSync(new URL(file, folder), "utf8"))
  describe(file.slice(0, -".json".length), () => {
    for (const { arrival: context, base64, contentType, expect, headers = {}, id, text = "", transport } of samples) {
      it(`reads ${id}`, () => {
        const decoded = decodeInput({
          transport,
          bytes: base64 === undefined ? Buffer.from(text, "utf8") : Buffer.from(base64, "base64"),
          headers: { ...headers, ...(contentType === undefined ? {} : { "content-type": contentType }) },
          arrival: context
        })
        const { seen, wanted } = compare(decoded, expect, context)
        assert.deepStrictEqual(seen, wanted)
      })
    }
  })
}
