import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { apiCommand, CommandFailed, failedWith } from "./api.ts"
import { answer, table } from "./output.ts"
import { mandatoryReason } from "./recover.ts"

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

const reset = apiCommand(
  "reset",
  "Begin a new page of the books with what is there, after Redis lost a part of what it counted",
  { reason: mandatoryReason },
  function*(api, { reason }, json) {
    const done = yield* api.recovery.books({ payload: { reason } })
    const { after, before, record } = done
    const lines = [
      `A new page begins: ${after.events.accepted} events and ${after.alerts.recovered} alerts are there.`,
      `The page of before (${before.events.accepted} events accepted${
        before.balanced ? "" : ", not balanced"
      }) is in the audit.`,
      ...(record === undefined || record.whole
        ? []
        : [`So is how the record differed: ${rowsWords(record.difference)}.`])
    ]
    yield* answer(json, done, lines)
  }
)

const rowsWords = (difference: Readonly<Record<string, number>>): string =>
  Object.entries(difference).map(([outcome, rows]) => `${rows} ${outcome}`).join(", ")

export const books = Command.make("books").pipe(
  Command.withDescription("The accounts of what came in and where it is"),
  Command.withSubcommands([verify, reset])
)
