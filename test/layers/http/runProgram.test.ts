import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("sampleProgram.ts", import.meta.url))

interface Ended {
  readonly code: number | null
  readonly lines: ReadonlyArray<Record<string, unknown>>
  /** What came on standard error. */
  readonly errors: string
}

/** Runs the sample program to its end. `whenUp` is called with each line it writes. */
const run = (trouble: string, onLine: (child: ChildProcess, line: string) => void = () => undefined) =>
  Effect.callback<Ended>((resume) => {
    const child = spawn(process.execPath, [script, trouble], { stdio: ["ignore", "pipe", "pipe"] })
    let text = ""
    let told = 0
    let errors = ""
    const read = (chunk: Buffer) => {
      text += chunk.toString("utf8")
      const lines = text.split("\n")
      for (; told < lines.length - 1; told++) onLine(child, lines[told] ?? "")
    }
    child.stdout.on("data", read)
    child.stderr.on("data", (chunk: Buffer) => void (errors += chunk.toString("utf8")))
    child.on("close", (code) =>
      resume(Effect.succeed({
        code,
        errors,
        lines: text.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line))
      })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

describe("a program in a process of its own", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it.live(`stops on ${signal} and exits 0`, () =>
      Effect.gen(function*() {
        const { code, lines } = yield* run("none", (child, line) => {
          if (line.includes("Listening")) child.kill(signal)
        })
        assert.strictEqual(code, 0)
        assert.deepInclude(lines[0], { level: "INFO", service: "mutt-alerter", version: "9.9.9", instance: "test-1" })
      }))
  }

  for (const [signal, drains] of [["SIGTERM", true], ["SIGINT", false]] as const) {
    it.live(`that shall drain ${drains ? "does so" : "does not"} on ${signal}, and exits 0`, () =>
      Effect.gen(function*() {
        const { code, lines } = yield* run("draining", (child, line) => {
          if (line.includes("Listening")) child.kill(signal)
        })
        assert.strictEqual(code, 0)
        assert.strictEqual(lines.some(({ message }) => String(message).includes("Draining")), drains)
      }))
  }

  it.live("that is stuck while stopping is ended by a second signal", () =>
    Effect.gen(function*() {
      const { code } = yield* run("stuck", (child, line) => {
        if (line.includes("Listening") || line.includes("Stuck")) child.kill("SIGTERM")
      })
      assert.strictEqual(code, 1)
    }))

  it.live("that cannot start says every problem in one line, where all lines are, and exits 1", () =>
    Effect.gen(function*() {
      const { code, errors, lines } = yield* run("misconfigured")
      assert.deepStrictEqual([code, errors], [1, ""])
      assert.deepInclude(lines.at(-1), {
        level: "FATAL",
        service: "mutt-alerter",
        problems: ["A is not set.", "B: Expected a whole number."]
      })
      const bug = yield* run("bug")
      assert.strictEqual(bug.code, 1)
      assert.include(String(bug.lines.at(-1)?.["cause"]), "a bug at start")
    }))
})
