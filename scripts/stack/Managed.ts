import { Deferred, type Duration, Effect, Option, Schema } from "effect"
import { spawn } from "node:child_process"
import { closeSync, mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"
import * as Reaper from "./Reaper.ts"
import type { ServerUser } from "./ServerUser.ts"

/** How a process ended: its code, or the signal that ended it. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
}

export class NotStarted extends Schema.TaggedError<NotStarted>()("NotStarted", {
  program: Schema.String,
  cause: Schema.Defect()
}) {}

/** A running program that this process started and answers for. */
export interface Managed {
  readonly pid: number
  readonly ended: Deferred.Deferred<Ended>
  readonly stop: (signal: "INT" | "TERM" | "KILL", grace?: Duration.Input) => Effect.Effect<Ended>
}

export interface Launch {
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly user?: ServerUser | undefined
  readonly log: string
  /** What it gets when this process is gone. */
  readonly stopSignal: "INT" | "TERM"
}

const signalOf = { INT: "SIGINT", TERM: "SIGTERM", KILL: "SIGKILL" } as const

const send = (pid: number, signal: keyof typeof signalOf) =>
  Effect.ignore(Effect.try(() => process.kill(pid, signalOf[signal])))

/**
 * Starts a program in a process group of its own: Ctrl-C on the terminal reaches this process alone, which then stops
 * the others in order. What the program prints is added to the log file.
 */
export const launch = (options: Launch): Effect.Effect<Managed, NotStarted> =>
  Effect.callback((resume) => {
    mkdirSync(dirname(options.log), { recursive: true })
    const log = openSync(options.log, "a", 0o600)
    const child = spawn(options.program, options.args, {
      ...options.user,
      cwd: options.cwd ?? "/",
      env: options.env ?? process.env,
      detached: true,
      stdio: ["ignore", log, log]
    })
    closeSync(log)
    child.unref()
    const ended = Deferred.makeUnsafe<Ended>()
    child.once("error", (cause) => resume(new NotStarted({ program: options.program, cause })))
    child.once("exit", (code, signal) => {
      if (child.pid !== undefined) Reaper.drop(child.pid)
      Deferred.doneUnsafe(ended, Effect.succeed({ code, signal }))
    })
    child.once("spawn", () => {
      const pid = child.pid ?? 0
      Reaper.keep(pid, options.stopSignal)
      const stop: Managed["stop"] = (signal, grace = "20 seconds") =>
        Effect.gen(function*() {
          if (yield* Deferred.isDone(ended)) return yield* Deferred.await(ended)
          yield* send(pid, signal)
          const inTime = yield* Deferred.await(ended).pipe(Effect.timeoutOption(grace))
          if (Option.isSome(inTime)) return inTime.value
          yield* send(pid, "KILL")
          return yield* Deferred.await(ended)
        })
      resume(Effect.succeed({ pid, ended, stop }))
    })
  })
