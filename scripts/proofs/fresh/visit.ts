import { Console, Effect } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { stripVTControlCharacters as plain } from "node:util"
import { repository } from "../../stack/Paths.ts"
import type { Machine, Ran } from "./Machine.ts"

/** What came of a newcomer's first hour on one machine. Times are seconds. */
export interface Outcome {
  readonly machine: string
  readonly firstStart: number
  /** With the network away. */
  readonly secondStart: number
  readonly samples: number
  readonly tests: {
    readonly passed: number
    readonly failed: number
    readonly skipped: number
    readonly seconds: number
  }
  /** The lines of the tests' last block. */
  readonly notTried: ReadonlyArray<string>
  readonly problems: ReadonlyArray<string>
}

/** Seconds that `npm start` should take, with everything to fetch and with everything there. */
const wanted = { first: 60, second: 10 }
const against = (seconds: number, most: number) => `${seconds} s${seconds > most ? ` (wanted ${most})` : ""}`

/**
 * Tests that together use each server, each client and the browser once, and what the runtime knows of time zones. All
 * others need nothing that another machine could lack.
 */
const fastTests = [
  "test/src/decode/fields",
  "test/layers/queue",
  "test/layers/vault/insider",
  "test/layers/postgres/Rights",
  "test/acceptance/senders.test",
  "test/acceptance/console/wrongPages.test"
]

/** The commands that the README shows for a stack that runs, one after the other. */
const readmeSamples = (): string => {
  const page = readFileSync(join(repository, "README.md"), "utf8")
  const [, running = ""] = page.split("## See it run")
  const [section = ""] = running.split("\n## ")
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = ""]) => text)
  return blocks.filter((block) => !block.includes("npm start")).join("\n")
}

const counts = (said: string) => {
  const line = /^ *Tests +(.*)$/m.exec(plain(said))?.[1] ?? ""
  const of = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0)
  return { passed: of("passed"), failed: of("failed"), skipped: of("skipped") }
}

const notTriedIn = (said: string): ReadonlyArray<string> =>
  plain(said).split("Not tried here:\n")[1]?.split("\n").filter((line) => line.startsWith("  ")).map((line) =>
    line.trim()
  )
    ?? []

const rounded = (seconds: number) => Math.round(seconds * 10) / 10

/** Runs the commands of the first hour, in a newcomer's order. */
export const visit = (
  { shell }: Machine,
  tests: string
): Effect.Effect<{ readonly outcome: Omit<Outcome, "machine">; readonly said: string }> =>
  Effect.gen(function*() {
    let said = ""
    const problems: Array<string> = []
    const step = Effect.fnUntraced(function*(what: string, line: string, network?: "host" | "none") {
      const ran: Ran = yield* shell(line, network)
      said += `\n==== ${what}: ${line}\n${ran.said}`
      yield* Console.error(`  ${what}: ${rounded(ran.seconds)} s`)
      if (ran.code !== 0) problems.push(`${what} ended with code ${ran.code}`)
      return ran
    })

    const first = yield* step("npm start", "npm start -- --ports auto --detach && npm run stop")
    const timed = "SECONDS=0; npm start -- --detach && echo \"started after $SECONDS s\""
    const commands = `PATH="$PATH:$PWD/.mutt/tools/bin"; set -e; ${readmeSamples()}\nnpm run stop`
    // curl is not on a bare machine, and a newcomer has it: it comes with what --secrets vault needs.
    yield* step("curl", "bash scripts/bootstrap.sh --openbao")
    const second = yield* step("npm start without a network, and the README's samples", `${timed}; ${commands}`, "none")
    const secondStart = Number(/started after (\d+) s/.exec(second.said)?.[1] ?? Number.NaN)
    if (Number.isNaN(secondStart)) problems.push("the second npm start did not come up")

    const chosen = tests === "fast" ? ` -- ${fastTests.join(" ")}` : ""
    const ran = tests === "none" ? undefined : yield* step("npm test", `npm test${chosen}`)
    return {
      outcome: {
        firstStart: rounded(first.seconds),
        secondStart,
        samples: readmeSamples().split("\n").filter((line) => /^(?:curl|logger|npm)/.test(line)).length,
        tests: { ...counts(ran?.said ?? ""), seconds: rounded(ran?.seconds ?? 0) },
        notTried: notTriedIn(ran?.said ?? ""),
        problems
      },
      said
    }
  })

const columns = ["machine", "first start", "second, no network", "samples", "passed", "failed", "skipped", "tests"]

export const table = (outcomes: ReadonlyArray<Outcome>): string => {
  const rows = [
    columns,
    ...outcomes.map(({ firstStart, machine, samples, secondStart, tests }) => [
      machine,
      against(firstStart, wanted.first),
      against(secondStart, wanted.second),
      String(samples),
      String(tests.passed),
      String(tests.failed),
      String(tests.skipped),
      `${tests.seconds} s`
    ])
  ]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ").trimEnd())
  const notes = outcomes.flatMap(({ machine, notTried, problems }) => [
    ...notTried.map((line) => `${machine}: not tried: ${line}`),
    ...problems.map((line) => `${machine}: ${line}`)
  ])
  return [...lines, ...notes].join("\n")
}
