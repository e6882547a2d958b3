import { Console, Effect, Schema } from "effect"
import { spawn } from "node:child_process"
import { mkdirSync, openSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { repository, stateFolder } from "./Paths.ts"

class DetachedFailed extends Schema.TaggedError<DetachedFailed>()("DetachedFailed", { message: Schema.String }) {}

const log = join(stateFolder, "logs/start.log")

/** What the detached process prints last before it only keeps the stack up. */
export const lastWords = "ends it; the data stay in .mutt/."

/**
 * Runs this same command without `--detach` in a process that outlives this one, and returns when that says it is up.
 */
export const detach = Effect.gen(function*() {
  mkdirSync(dirname(log), { recursive: true })
  const output = openSync(log, "w", 0o600)
  const args = process.argv.slice(1).filter((word) => word !== "--detach")
  const child = spawn(process.execPath, args, { cwd: repository, detached: true, stdio: ["ignore", output, output] })
  child.unref()

  let shown = 0
  const show = Effect.suspend(() => {
    const text = readFileSync(log, "utf8")
    const news = text.slice(shown, text.lastIndexOf("\n") + 1)
    shown += news.length
    return news === "" ? Effect.void : Console.log(news.trimEnd())
  })
  while (!readFileSync(log, "utf8").includes(lastWords)) {
    yield* show
    if (child.exitCode !== null || child.signalCode !== null) {
      yield* show
      return yield* new DetachedFailed({ message: `the detached process ended; what it said is in ${log}` })
    }
    yield* Effect.sleep("100 millis")
  }
  yield* show
})
