import { Deferred, type Duration, Effect, Schedule, type Scope } from "effect"
import { type Ended, type Launch, launch, type Managed } from "./Managed.ts"
import { type ServerFailed, serverFailed } from "./ServerFailed.ts"

/** A process of our own that can be stopped, killed and started again on the same port with the same data. */
export interface PrivateServer {
  /** Returns when it is ready. */
  readonly start: Effect.Effect<void, ServerFailed>
  /** Returns when it runs, ready or not. */
  readonly begin: Effect.Effect<void, ServerFailed>
  /** How it ended; `undefined` when it was not running. */
  readonly stop: Effect.Effect<Ended | undefined>
  readonly kill: Effect.Effect<Ended | undefined>
  /** Of the newest process, which may have ended. */
  readonly pid: () => number
  /** Waits for the end of the newest process. */
  readonly ended: Effect.Effect<Ended>
}

/** Stops with its scope. `ready` is asked every few milliseconds; it must not fail. */
export const privateServer = (options: {
  readonly name: string
  readonly launch: Launch
  readonly ready: (pid: number) => Effect.Effect<boolean>
  readonly patience?: Duration.Input
  /** Whether a start that failed with these words in the log may do in a moment; it is tried again for some seconds. */
  readonly passes?: (words: string) => boolean
}): Effect.Effect<PrivateServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    let newest: Managed | undefined
    const failed = (reason: string) => serverFailed(options.name, reason, options.launch.log)
    const ended = Effect.suspend(() => newest === undefined ? Effect.never : Deferred.await(newest.ended))

    const end = (signal: "INT" | "TERM" | "KILL"): Effect.Effect<Ended | undefined> =>
      Effect.suspend(() => newest === undefined ? Effect.succeed(undefined) : newest.stop(signal, "30 seconds"))

    const isRunning = Effect.suspend(() =>
      newest === undefined ? Effect.succeed(false) : Effect.map(Deferred.isDone(newest.ended), (done) => !done)
    )

    const awaitReady: Effect.Effect<void> = Effect.suspend(() =>
      Effect.flatMap(
        options.ready(newest?.pid ?? 0),
        (ready) => ready ? Effect.void : Effect.andThen(Effect.sleep("40 millis"), awaitReady)
      )
    )

    const begin = Effect.gen(function*() {
      if (yield* isRunning) return
      newest = yield* launch(options.launch).pipe(
        Effect.mapError(({ cause }) => failed(`could not be started: ${String(cause)}`))
      )
    })

    const startOnce = Effect.gen(function*() {
      yield* begin
      const died = Effect.flatMap(ended, ({ code, signal }) => failed(`ended at once (${signal ?? `code ${code}`})`))
      const patience = options.patience ?? "60 seconds"
      yield* awaitReady.pipe(
        Effect.timeoutOrElse({ duration: patience, orElse: () => failed(`was not ready within ${String(patience)}`) }),
        Effect.raceFirst(died),
        Effect.tapError(() => end("KILL"))
      )
    })

    const start = Effect.retry(startOnce, {
      while: ({ words }) => options.passes?.(words) === true,
      schedule: Schedule.spaced("100 millis"),
      times: 100
    })

    yield* Effect.addFinalizer(() => end(options.launch.stopSignal))
    return { start, begin, stop: end(options.launch.stopSignal), kill: end("KILL"), pid: () => newest?.pid ?? 0, ended }
  })
