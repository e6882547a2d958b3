import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { decodeInput } from "./cases.ts"

interface Line {
  readonly id: string
  readonly line: Uint8Array
  readonly arrival: string
}

const folder = new URL("samples/", import.meta.url)

/** The samples that are one message over UDP. */
const lines: ReadonlyArray<Line> = readdirSync(folder).flatMap((name) => {
  const samples: ReadonlyArray<
    Record<"id" | "transport" | "arrival", string> & Partial<Record<"text" | "base64" | "input", string>>
  > = JSON.parse(readFileSync(new URL(name, folder), "utf8"))
  return samples.filter(({ transport }) => transport === "udp").map((
    { arrival: context, base64, id, input, text }
  ) => ({
    id,
    arrival: context,
    line: text === undefined ? Buffer.from(base64 ?? input ?? "", "base64") : Buffer.from(text)
  }))
})

const hostOf = (line: Uint8Array, context: string) =>
  decodeInput({ transport: "udp", bytes: line, headers: {}, arrival: context }).events[0]?.hostname

/** What changes from one message of a device to the next. */
const changes: ReadonlyArray<readonly [string, (text: string) => string]> = [
  [
    "its counter",
    (text) =>
      text.replace(/^(<\d+>)(\d+)(: )/, (_, priority, count, rest) => `${priority}${Number(count) + 731}${rest}`)
  ],
  ["its time", (text) => text.replace(/(?<![\d:.])\d\d:\d\d:\d\d(?![:\d])/g, "02:01:05")],
  ["its fraction", (text) => text.replace(/(?<=\d\d:\d\d:\d\d\.)\d{3}(?!\d)/g, "007")],
  ["its text", (text) => `${text} and more of it`],
  ["its priority", (text) => text.replace(/^<\d+>/, "<14>")]
]

describe("two messages of one device", () => {
  for (const [what, change] of changes) {
    it(`have one host when ${what} changes`, () => {
      for (const { arrival: context, id, line } of lines) {
        const host = hostOf(line, context)
        if (host === undefined) continue
        const text = Buffer.from(line).toString("latin1")
        const changed = Buffer.from(change(text), "latin1")
        assert.strictEqual(hostOf(changed, context), host, `${id}: ${changed.toString("latin1")}`)
      }
    })
  }
})
