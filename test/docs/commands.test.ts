import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { runWith } from "../../scripts/command-line/Script.ts"
import { commandsOf } from "../../scripts/docs/commands.ts"
import { scriptsWithOptions } from "../support/scriptOptions.ts"
import { codeSpans, fences, pages, read } from "./documents.ts"

const scripts = Object.keys(JSON.parse(read("package.json")).scripts)
const everyPage = pages.map(read).join("\n")
const lines = [...codeSpans(everyPage), ...fences(everyPage).flatMap(({ text }) => text.split("\n"))]

/** `mutt config set x 1 --reason …`, also behind `npm run`, in brackets, or several on one line. */
const called = /(?:^|[\s(])mutt (?:-- )?((?:[a-z][a-z-]*(?: |$)){1,2}[^#|>]*)/g

describe("a command that the docs name", () => {
  it("is a script of npm, where it is `npm run`; and each script is named", () => {
    const run = [...everyPage.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].map(([, name = ""]) => name)
    const short = [...everyPage.matchAll(/npm (start|test|stop)\b/g)].map(([, name = ""]) => name)
    assert.deepStrictEqual(run.filter((name) => !scripts.includes(name)), [])
    assert.deepStrictEqual(scripts.filter((name) => ![...run, ...short].includes(name)), [])
  })

  it("is an option of `npm start`, and each option is named", () => {
    const [start] = commandsOf("scripts/start.ts")
    const rows = [...read("README.md").matchAll(/^\| `(--(?:no-)?([a-z-]+))/gm)].map(([, , name]) => `--${name}`)
    assert.sameMembers(rows, [...start?.options ?? []])
  })

  it.effect("is a command line that its script takes", () =>
    Effect.gen(function*() {
      const calls = lines.join("\n").matchAll(/npm run ([a-z-]+) -- ([^#|\n]+)/g)
      let tried = 0
      for (const [, script, words = ""] of calls) {
        for (const { name, options } of scriptsWithOptions.filter(({ name }) => name === script)) {
          yield* Effect.mapError(
            runWith(options, words.trim().split(/\s+/), () => Effect.void),
            () => `${name} ${words}`
          )
          tried++
        }
      }
      assert.isAbove(tried, 8)
    }))

  it("is one of `mutt`, with options that it has", () => {
    const commands = new Map(commandsOf("scripts/mutt.ts").map(({ name, options }) => [name, options]))
    /** What is wrong with these words behind `mutt`. */
    const problems = (words: string): ReadonlyArray<string> => {
      const given = words.trim().split(/\s+/)
      const name = [2, 1].map((length) => given.slice(0, length).join(" ")).find((one) => commands.has(one))
      const known = commands.get(name ?? "")
      const isGroup = [...commands.keys()].some((other) => other.startsWith(`${name} `))
      // A group by itself stands for all of its commands.
      if (known === undefined || (isGroup && known.length === 0 && given.length > 1 && given[1] !== "…")) return [words]
      return given.filter((word) => word.startsWith("--") && word !== "--help" && !known.includes(word))
        .map((option) => `${name} ${option}`)
    }
    const calls = lines.flatMap((line) => [...line.matchAll(called)].map(([, words = ""]) => words))
    assert.deepStrictEqual(calls.flatMap(problems), [])
    assert.isAbove(calls.length, 40)
  })
})
