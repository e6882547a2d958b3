import { Clock, Console, Deferred, Effect, Schema, type Scope } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { launch, type Managed, type NotStarted } from "./Managed.ts"
import { repository, stateFolder } from "./Paths.ts"
import type { ProgramLaunch } from "./Program.ts"

export class ProgramFailed extends Schema.TaggedError<ProgramFailed>()("ProgramFailed", {
  program: Schema.String,
  reason: Schema.String,
  log: Schema.String
}) {
  override get message() {
    return `${this.program} ${this.reason}\n${tail(this.log)}\n  its whole log: ${this.log}`
  }
}

const tail = (path: string) =>
  existsSync(path)
    ? readFileSync(path, "utf8").trim().split("\n").slice(-15).map((line) => `  | ${line}`).join("\n")
    : ""

/** A program that is kept running. */
export interface Supervised {
  readonly launch: ProgramLaunch
  readonly pid: () => number
}

const answersReady = (url: string) =>
  Effect.tryPromise((signal) => fetch(`${url}/readyz`, { signal })).pipe(
    Effect.timeout("3 seconds"),
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false)
  )

/** Waits until the program can do its job, and fails if it ends first or takes longer than half a minute. */
const awaitReady = (program: ProgramLaunch, process: Managed, log: string): Effect.Effect<void, ProgramFailed> => {
  const failed = (reason: string) => new ProgramFailed({ program: program.instance, reason, log })
  const poll: Effect.Effect<void> = Effect.flatMap(
    answersReady(program.url),
    (ready) => ready ? Effect.void : Effect.andThen(Effect.sleep("50 millis"), poll)
  )
  return poll.pipe(
    Effect.timeoutOrElse({ duration: "30 seconds", orElse: () => failed("was not ready within 30 seconds") }),
    Effect.raceFirst(
      Effect.flatMap(
        Deferred.await(process.ended),
        ({ code, signal }) => failed(`ended at once (${signal ?? `code ${code}`})`)
      )
    )
  )
}

/**
 * Starts a program, waits until it is ready, and from then on starts it again whenever it dies. `onChange` hears of every new process.
 * With the scope it is asked to stop, drains, and has gone when the scope has closed.
 */
export const supervise = (
  program: ProgramLaunch,
  onChange: () => void
): Effect.Effect<Supervised, NotStarted | ProgramFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const log = join(stateFolder, "logs", `${program.instance}.log`)
    const begin = launch({ ...program, cwd: repository, log, farewell: "TERM" })
    let running = yield* begin
    let stopping = false
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        stopping = true
        return running.stop("TERM", "30 seconds")
      })
    )
    yield* awaitReady(program, running, log)

    const watch = Effect.gen(function*() {
      const begun = yield* Clock.currentTimeMillis
      const { code, signal } = yield* Deferred.await(running.ended)
      if (stopping) return
      const lived = (yield* Clock.currentTimeMillis) - begun
      yield* Console.log(`${program.instance} died (${signal ?? `code ${code}`}); starting it again.`)
      // One that can't live must not spin.
      if (lived < 5_000) yield* Effect.sleep("1 second")
      running = yield* begin
      onChange()
    })
    yield* watch.pipe(
      Effect.catch((error) => Console.error(`${program.instance} could not be started again: ${error.message}`)),
      Effect.forever,
      Effect.forkScoped
    )
    return { launch: program, pid: () => running.pid }
  })
