import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { apiCommand, CommandFailed, failedWith } from "./api.ts"
import { answer, table } from "./output.ts"

const time = (name: string, words: string) => Flag.String(name).pipe(Flag.optional, Flag.withDescription(words))

const verify = apiCommand(
  "verify",
  "Compare the record of events with what was settled, by hour; fails when rows are missing or too many",
  {
    from: time("from", "From the hour of this time on, RFC 3339; without, all that is kept (two days)"),
    to: time("to", "Up to this time; without, up to the last hour that is settled")
  },
  function*(api, at, json) {
    const [from, to] = [Option.getOrUndefined(at.from), Option.getOrUndefined(at.to)]
    const query = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    const result = yield* api.overview.verifyBooks({ query }).pipe(
      Effect.catchTag("SchemaError", () => failedWith("--from and --to are times such as 2026-08-22T10:00:00Z."))
    )
    const rows = result.found.map((one) => [
      one.hour,
      one.outcome,
      String(one.settled),
      String(one.rows),
      String(one.rows - one.settled)
    ])
    const words = result.hours === 0
      ? "There is no whole hour yet whose events are all settled."
      : `${result.hours} hours compared, ${result.from} to ${result.to}.`
    const faults = rows.length === 0 ? [] : table(["hour", "outcome", "settled", "rows", "difference"], rows)
    yield* answer(json, result, [words, ...faults])
    if (!result.whole) {
      return yield* new CommandFailed({ message: "the record of events is not what was settled" })
    }
  }
)

export const books = Command.make("books").pipe(
  Command.withDescription("The accounts of what came in and where it is"),
  Command.withSubcommands([verify])
)
