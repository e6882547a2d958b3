import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestConsole } from "effect/testing"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../../../scripts/stack/Paths.ts"
import { answer, jsonText, printable, table } from "../../../services/cli/output.ts"

/** What a device may send: colours and the title of the window, in 7 and 8 bits, a line of its own, text turned round. */
const hostile = "sw1\u001b[2J\u001b]0;x\u0007\u009b31m\r\nroot@db is fine \u202etxt.exe\u2028\u007f\u0000"
// oxlint-disable-next-line no-control-regex -- they are what must not be there
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

const said = (json: boolean, value: unknown, words: string | ReadonlyArray<string>) =>
  Effect.gen(function*() {
    yield* answer(json, value, words)
    return (yield* TestConsole.logLines).join("\n")
  })

describe("what the command prints", () => {
  it.effect("is obeyed by no terminal and has no line but its own, as words, in tables and as JSON", () =>
    Effect.gen(function*() {
      const words = yield* said(false, {}, [`host ${hostile}`, ...table(["host", "why"], [[hostile, "x"]])])
      assert.notMatch(words, obeyed)
      assert.lengthOf(words.split("\n"), 3)
      assert.include(
        words,
        "\\u001b[2J\\u001b]0;x\\u0007\\u009b31m\\u000d\\nroot@db is fine \\u202etxt.exe\\u2028\\u007f"
      )
    }))

  it.effect("is the same JSON for a program, though nothing in it is obeyed", () =>
    Effect.gen(function*() {
      const text = yield* said(true, { host: hostile }, "")
      assert.notMatch(text, obeyed)
      assert.lengthOf(text.split("\n"), 1)
      assert.deepStrictEqual(JSON.parse(text), { host: hostile })
      assert.deepStrictEqual(JSON.parse(jsonText({ host: hostile }, 2)), { host: hostile })
    }))

  it("leaves what people write", () => {
    for (const text of ["Zürich 密码 🔑", "a\\b \"c\"", "שלום", "e\u0301"]) {
      assert.strictEqual(printable(text), text)
    }
  })

  it("goes by one way", () => {
    for (const file of globSync("services/cli/*.ts", { cwd: repository })) {
      if (file.endsWith("/output.ts")) continue
      assert.notMatch(readFileSync(join(repository, file), "utf8"), /\bConsole\b|process\.std\w+\.write/, file)
    }
  })
})
