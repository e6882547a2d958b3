import { Cause, Effect, Queue, Schema, type Scope } from "effect"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"

class ChildFailed extends Schema.TaggedError<ChildFailed>()("ChildFailed", {
  file: Schema.String,
  output: Schema.String
}) {}

/** A process of the bench's own (a generator or a baseline) that speaks in lines of JSON. */
export interface Child {
  readonly pid: number
  /** Its next line. The caller knows what the file prints. */
  readonly line: <A>() => Effect.Effect<A, ChildFailed>
  readonly tell: (line: string) => Effect.Effect<void>
  /** Nothing more will be told. */
  readonly end: Effect.Effect<void>
}

/** Runs a file of this folder with this runtime until the scope ends. */
export const child = (file: string, ...args: ReadonlyArray<string>) => start(file, args, false)

/**
 * The same in a session of its own: Linux shares processors out by session first, so such a process can yield to all
 * others.
 */
export const childApart = (file: string) => start(file, [], true)

const start = (
  file: string,
  args: ReadonlyArray<string>,
  detached: boolean
): Effect.Effect<Child, never, Scope.Scope> =>
  Effect.gen(function*() {
    const lines = yield* Queue.unbounded<string, ChildFailed>()
    const started = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const started = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
          stdio: ["pipe", "pipe", "pipe"],
          detached
        })
        let complaint = ""
        started.stderr.on("data", (chunk: Buffer) => complaint += chunk.toString())
        createInterface(started.stdout).on("line", (line) => Queue.offerUnsafe(lines, line))
        started.once(
          "close",
          () => Queue.failCauseUnsafe(lines, Cause.fail(new ChildFailed({ file, output: complaint })))
        )
        return started
      }),
      (started) =>
        Effect.callback<void>((resume) => {
          if (started.exitCode !== null || started.signalCode !== null) return resume(Effect.void)
          started.once("exit", () => resume(Effect.void))
          started.kill("SIGKILL")
        })
    )
    return {
      pid: started.pid ?? 0,
      line: <A>() => Effect.map(Queue.take(lines), (line): A => JSON.parse(line)),
      tell: (line) => Effect.sync(() => void started.stdin.write(`${line}\n`)),
      end: Effect.sync(() => void started.stdin.end())
    }
  })
