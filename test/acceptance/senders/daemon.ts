import { Deferred, Effect, type Scope } from "effect"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { launch, type NotStarted } from "../../../scripts/stack/Managed.ts"
import { clientTool, type ToolMissing } from "../../../scripts/stack/Tools.ts"

/** The environment of an unpacked program. */
const environment = (libraries: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  ...(libraries === "" ? {} : { LD_LIBRARY_PATH: libraries }),
  // Without the MIBs that are not there, and without their names.
  MIBS: "",
  ...more
})

/** A program's own libraries may lie beside its plug-ins. */
const withModules = (libraries: string, modules: string): string =>
  libraries === "" || modules === "" ? libraries : `${libraries}:${join(modules, "..")}`

/**
 * Runs one of the real senders in a folder, for as long as the scope lives, and waits until it is ready. `args` gets
 * the folder of its plug-ins.
 */
export const daemon = (
  name: string,
  folder: string,
  args: (modules: string) => ReadonlyArray<string>,
  ready: Effect.Effect<void>,
  more: Readonly<Record<string, string>> = {}
): Effect.Effect<void, ToolMissing | NotStarted, Scope.Scope> =>
  Effect.gen(function*() {
    const { bin, libraries, modules } = yield* clientTool(name)
    const log = join(folder, `${name}.log`)
    const { ended } = yield* Effect.acquireRelease(
      launch({
        program: bin,
        args: args(modules),
        env: environment(withModules(libraries, modules), more),
        cwd: folder,
        log,
        stopSignal: "TERM"
      }),
      (running) => running.stop("TERM", "5 seconds")
    )
    const died = Effect.andThen(
      Deferred.await(ended),
      Effect.suspend(() => Effect.die(new Error(`${name} ended before it was ready: ${readFileSync(log, "utf8")}`)))
    )
    yield* Effect.raceFirst(ready, died)
  })

/** Runs one of the real senders to its end, and gives what it printed. */
export const output = (name: string, args: ReadonlyArray<string>): Effect.Effect<string, ToolMissing> =>
  Effect.flatMap(clientTool(name), ({ bin, libraries, modules }) =>
    Effect.callback<string>((resume) => {
      execFile(bin, args, { env: environment(withModules(libraries, modules)) }, (error, stdout, stderr) =>
        resume(error === null ? Effect.succeed(stdout) : Effect.die(new Error(`${name}: ${stderr}`))))
    }))

/** Runs one of the real senders to its end. */
export const command = (name: string, args: ReadonlyArray<string>): Effect.Effect<void, ToolMissing> =>
  Effect.asVoid(output(name, args))
