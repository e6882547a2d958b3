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

/** What a person says at the terminal; nothing when it is left. */
const said = Effect.gen(function*() {
  const terminal = yield* Terminal.Terminal
  return yield* Effect.catchTag(terminal.readLine, "QuitError", () => Effect.succeed(""))
})

/** Who can be asked; `undefined`: nobody is there. */
export const Person = Context.Reference<typeof said | undefined>("mutt/services/cli/Person", {
  defaultValue: () => stdin.isTTY === true ? said : undefined
})

/** Says what would be done, and asks whether it shall be. */
export const confirmed = Effect.fnUntraced(function*(what: string, assumed: boolean) {
  if (assumed) return
  const person = yield* Person
  if (person === undefined) {
    return yield* new CommandFailed({ message: `${what} Nobody is there to be asked: say --yes.` })
  }
  yield* printError([`${what} Go on? [y/N]`])
  if (!/^y(es)?$/i.test((yield* person).trim())) return yield* new CommandFailed({ message: "Nothing was done." })
})
