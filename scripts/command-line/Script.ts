import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Effect, Exit, Layer, Logger, Option, Runtime, type Scope } from "effect"
import { CliConfig, CliError, CliOutput, Command, GlobalFlag } from "effect/cli"
import { presenter } from "./help.ts"

/** In a package a script is a bundle, and a command of its own. */
const isPackaged = process.argv[1]?.endsWith(".mjs") === true

/** What a script of package.json takes behind `npm run NAME --`, and what it does. */
export const script = <const Flags extends Command.Command.Config>(name: string, does: string, flags: Flags) =>
  Command.make(isPackaged ? `mutt-${name}` : `npm run ${name} --`, flags).pipe(Command.withDescription(does))

type Script<Name extends string, Input> = Command.Command<Name, Input, {}, never, never>

export type OptionsOf<S> = S extends Script<infer _Name, infer Input> ? Input : never

/** Fails a script whose options don't go together. It ends as with one that there is not. */
export const unusable = (message: string): CliError.ShowHelp =>
  new CliError.ShowHelp({ commandPath: [], errors: [new CliError.ValidationError({ message })] })

const layer = (command: string) =>
  Layer.mergeAll(
    CliConfig.layer({ builtIns: [GlobalFlag.Help] }),
    CliOutput.layerPresenter(presenter(command)),
    NodeServices.layer,
    Logger.layer([])
  )

/** Runs a script with these words. When they can't be used, it says why and fails with a `CliError`. */
export const runWith = <Name extends string, Input, E>(
  script: Script<Name, Input>,
  words: ReadonlyArray<string>,
  run: (options: Input) => Effect.Effect<void, E>
): Effect.Effect<void, E | CliError.CliError> =>
  Command.runWith(Command.withHandler(script, run), { version: "" })(words).pipe(Effect.provide(layer(script.name)))

/** 2 when the words can't be used; 1 stays for what the script found. */
export const teardown: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && CliError.isCliError(Cause.squash(exit.cause))
    ? onExit(2)
    : Runtime.defaultTeardown(exit, onExit)

/** Runs a script as the main program of this process. */
export const runScript = <Name extends string, Input>(
  script: Script<Name, Input>,
  body: (options: Input) => Generator<Effect.Effect<unknown, unknown, Scope.Scope>, void, never>
): void =>
  NodeRuntime.runMain(
    runWith(script, process.argv.slice(2), (options) => Effect.scoped(Effect.gen(() => body(options)))),
    { teardown }
  )

/** The options of a script that is no Effect, so that signals end it at once. Where there are none, the process ends. */
export const readOptions = async <Name extends string, Input>(script: Script<Name, Input>): Promise<Input> => {
  let options = Option.none<Input>()
  const read = runWith(script, process.argv.slice(2), (input) =>
    Effect.sync(() => {
      options = Option.some(input)
    }))
  await Effect.runPromise(Effect.catch(read, () => Effect.sync(() => process.exit(2))))
  return Option.getOrElse(options, () => process.exit(0))
}
