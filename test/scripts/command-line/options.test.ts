import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestConsole } from "effect/testing"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { runWith } from "../../../scripts/command-line/Script.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import { type ScriptOptions, scriptsWithOptions } from "../../support/scriptOptions.ts"

const printed = (lines: ReadonlyArray<unknown>) => lines.map(String).join("\n")

const helpOf = ({ options }: ScriptOptions) =>
  Effect.gen(function*() {
    const before = (yield* TestConsole.logLines).length
    yield* runWith(options, ["--help"], () => Effect.die("--help runs nothing"))
    return printed((yield* TestConsole.logLines).slice(before))
  })

/** What a script says of words that it can't use. */
const refusal = ({ name, options }: ScriptOptions, ...words: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const before = (yield* TestConsole.errorLines).length
    const { _tag } = yield* Effect.flip(runWith(options, words, () => Effect.die(`${name} takes ${words.join(" ")}`)))
    assert.strictEqual(_tag, "ShowHelp")
    const said = printed((yield* TestConsole.errorLines).slice(before))
    assert.include(said, `npm run ${name} -- --help`)
    return said
  })

/** The options that take such a value. */
const taking = (help: string, metavar: string) =>
  [...help.matchAll(/^ {2}(--[a-z-]+) ([A-Z]+) /gm)].flatMap(([, option = "", value]) =>
    value === metavar ? [option] : []
  )

describe("options of scripts", () => {
  it("are declared by each script that has some", () => {
    assert.isAbove(scriptsWithOptions.length, 20)
  })

  it.effect("are all in the help, in lines that fit a terminal", () =>
    Effect.gen(function*() {
      for (const script of scriptsWithOptions) {
        const help = yield* helpOf(script)
        assert.include(help, `npm run ${script.name} -- [flags]`)
        assert.deepStrictEqual(help.split("\n").filter((line) => line.length > 120 || line.endsWith(" ")), [])
        let keys: ReadonlyArray<string> = []
        yield* runWith(script.options, [], (given) => Effect.sync(() => void (keys = Object.keys(given ?? {}))))
        for (const key of keys) {
          const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
          assert.match(help, new RegExp(`(?:^  --|<)${name}\\b`, "m"), script.name)
        }
      }
    }))

  it.effect("are refused where there is no such option", () =>
    Effect.gen(function*() {
      for (const script of scriptsWithOptions) {
        assert.include(yield* refusal(script, "--no-such-option"), "--no-such-option")
      }
    }))

  it.effect("take numbers and known names only", () =>
    Effect.gen(function*() {
      let tried = 0
      for (const script of scriptsWithOptions) {
        const help = yield* helpOf(script)
        for (const option of [...taking(help, "N"), ...taking(help, "LIST"), ...taking(help, "KIND")]) {
          for (const value of ["abc", "NaN", "-1", "1e999"]) {
            assert.include(yield* refusal(script, `${option}=${value}`), option, script.name)
            tried++
          }
        }
      }
      assert.isAbove(tried, 200)
    }))

  // One script that waits for its options, and one that does without effect/cli. setup-servers, tried elsewhere, runs as
  // an Effect.
  for (const main of ["scripts/mutants/main.ts", "scripts/build/main.ts"]) {
    it(`end ${main} with 2 and a sentence where they can't be used`, () => {
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [join(repository, main), "--no-such-option"],
        { encoding: "utf8" }
      )
      assert.deepStrictEqual([status, stdout], [2, ""])
      assert.include(stderr, "--no-such-option")
      assert.notMatch(stderr, /^ {4}at /m)
    })
  }
})
