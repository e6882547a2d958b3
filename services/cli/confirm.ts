import { Context, Effect, Terminal } from "effect"
import { Flag } from "effect/cli"
import { stdin } from "node:process"
import { CommandFailed } from "./api.ts"
import { printError } from "./output.ts"

export const yes = Flag.Boolean("yes").pipe(
  Flag.withAlias("y"),
  Flag.withDefault(false),
  Flag.withDescription("Do not ask")
)

/** Is somebody there to be asked? */
export const SomebodyThere = Context.Reference<boolean>("mutt/cli/SomebodyThere", {
  defaultValue: () => stdin.isTTY === true
})

/** Says what would be done, and asks whether it shall be. */
export const confirmed = Effect.fnUntraced(function*(what: string, assumed: boolean) {
  if (assumed) return
  if (!(yield* SomebodyThere)) {
    return yield* new CommandFailed({ message: `${what} Nobody is there to be asked: say --yes.` })
  }
  yield* printError([`${what} Go on? [y/N]`])
  const terminal = yield* Terminal.Terminal
  const said = yield* Effect.catchTag(terminal.readLine, "QuitError", () => Effect.succeed(""))
  if (!/^y(es)?$/i.test(said.trim())) return yield* new CommandFailed({ message: "Nothing was done." })
})
