import { Deferred, Effect, type Scope } from "effect"
import { type Launch, launch, type Managed } from "./Managed.ts"
import { ServerFailed } from "./ServerFailed.ts"

/** A server of our own that can be stopped, killed and started again on the same port with the same data. */
export interface PrivateServer {
  readonly start: Effect.Effect<void, ServerFailed>
  readonly stop: Effect.Effect<void>
  readonly kill: Effect.Effect<void>
}

/** Stops with its scope. `ready` is asked every few milliseconds; it must not fail. */
export const privateServer = (options: {
  readonly name: string
  readonly launch: Launch
  readonly ready: (pid: number) => Effect.Effect<boolean>
}): Effect.Effect<PrivateServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    let running: Managed | undefined
    const failed = (reason: string) => new ServerFailed({ server: options.name, reason, log: options.launch.log })

    const end = (signal: "INT" | "TERM" | "KILL") =>
      Effect.suspend(() => {
        const server = running
        running = undefined
        return server === undefined ? Effect.void : Effect.asVoid(server.stop(signal))
      })

    const awaitReady = (pid: number): Effect.Effect<void> =>
      Effect.flatMap(
        options.ready(pid),
        (ready) => ready ? Effect.void : Effect.andThen(Effect.sleep("15 millis"), awaitReady(pid))
      )

    const start = Effect.gen(function*() {
      if (running !== undefined) return
      const server = yield* launch(options.launch).pipe(Effect.mapError((error) => failed(String(error.cause))))
      running = server
      const died = Deferred.await(server.ended).pipe(
        Effect.flatMap(({ code, signal }) => failed(`it ended at once (${signal ?? `code ${code}`})`))
      )
      yield* awaitReady(server.pid).pipe(
        Effect.timeoutOrElse({ duration: "60 seconds", orElse: () => failed("it was not ready within a minute") }),
        Effect.raceFirst(died),
        Effect.tapError(() => end("KILL"))
      )
    })

    yield* Effect.addFinalizer(() => end(options.launch.farewell))
    return { start, stop: end(options.launch.farewell), kill: end("KILL") }
  })
