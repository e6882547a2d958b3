import { Clock, Console, Effect, type Scope } from "effect"
import { join } from "node:path"
import { repository, stateFolder } from "./Paths.ts"
import { privateServer } from "./PrivateServer.ts"
import type { ProgramLaunch } from "./Program.ts"
import type { ServerFailed } from "./ServerFailed.ts"

/** A program that is kept running. */
export interface Supervised {
  readonly launch: ProgramLaunch
  readonly pid: () => number
}

/** Whether the program can do its job. */
export const answersReady = (url: string): Effect.Effect<boolean> =>
  Effect.tryPromise((signal) => fetch(`${url}/readyz`, { signal })).pipe(
    Effect.timeout("3 seconds"),
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false)
  )

/**
 * Starts a program, waits until it is ready, and from then on starts it again whenever it dies. `onChange` hears of
 * every new process. With the scope it is asked to stop, drains, and has gone when the scope has closed.
 */
export const supervise = (
  program: ProgramLaunch,
  onChange: () => void
): Effect.Effect<Supervised, ServerFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const log = join(stateFolder, "logs", `${program.instance}.log`)
    const server = yield* privateServer({
      name: program.instance,
      launch: { ...program, cwd: repository, log, stopSignal: "TERM" },
      ready: () => answersReady(program.url),
      patience: "60 seconds"
    })
    yield* server.start
    let begun = yield* Clock.currentTimeMillis

    const watch = Effect.gen(function*() {
      const { code, signal } = yield* server.ended
      yield* Console.log(`${program.instance} died (${signal ?? `code ${code}`}); starting it again.`)
      // One that can't live must not spin.
      if ((yield* Clock.currentTimeMillis) - begun < 5_000) yield* Effect.sleep("1 second")
      begun = yield* Clock.currentTimeMillis
      yield* server.begin
      onChange()
    })
    yield* watch.pipe(
      Effect.catch((error) => Console.error(error.message)),
      Effect.forever,
      Effect.forkScoped
    )
    return { launch: program, pid: server.pid }
  })
