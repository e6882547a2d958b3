import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import { Api, CommandFailed, connection, withApi } from "./api.ts"
import { because, reason } from "./change.ts"
import { answer, table } from "./output.ts"
import { deadLetterIds, replayAll, replayWords } from "./replay.ts"

const queue = Argument.Literals("queue", DeadLetterQueue.literals).pipe(
  Argument.withDescription(
    "events: the alerter could not process them; alerts: not delivered; quarantine: not readable"
  )
)

const counts = Command.make("counts", connection, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const found = yield* (yield* Api).deadLetters.counts({})
      const rows = Object.entries(found.counts).map(([name, count]) => [name, String(count)])
      yield* answer(at.json, found, table(["queue", "kept"], rows))
    })
  )).pipe(Command.withDescription("How many are kept in each queue"))

const list = Command.make("list", {
  ...connection,
  queue,
  limit: Flag.Int("limit").pipe(Flag.withDefault(20), Flag.withDescription("Letters to list at most (20)")),
  before: Flag.String("before").pipe(Flag.optional, Flag.withDescription("Go on below this id"))
}, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const found = yield* (yield* Api).deadLetters.list({
        params: { queue: at.queue },
        query: {
          limit: at.limit,
          ...Option.match(at.before, { onNone: () => ({}), onSome: (before) => ({ before }) })
        }
      })
      const rows = found.dead_letters.map((one) => [one.id, one.reason, one.detail, one.payload.slice(0, shownPayload)])
      yield* answer(at.json, found, [...table(["id", "reason", "", "what"], rows), "", `${found.count} are kept`])
    })
  )).pipe(Command.withDescription("What could not go on, and why; newest first"))

/** Characters of a payload that a table has room for; `--json` gives all of it. */
const shownPayload = 120

const replay = Command.make("replay", {
  ...connection,
  queue,
  ids: Argument.String("id").pipe(Argument.variadic()),
  all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("All of the queue, in place of ids")),
  cause: Flag.String("cause").pipe(
    Flag.optional,
    Flag.withDescription("With --all: only those refused for this reason, such as decoder_failed")
  ),
  reason
}, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      if (at.all === at.ids.length > 0) return yield* new CommandFailed({ message: "Give ids, or --all." })
      if (Option.isSome(at.cause) && !at.all) return yield* new CommandFailed({ message: "--cause goes with --all." })
      const found = yield* replayAll(
        at.queue,
        at.all ? deadLetterIds(at.queue, Option.getOrUndefined(at.cause)) : Effect.succeed(at.ids),
        because(at.reason)
      )
      yield* answer(at.json, found, replayWords(found))
    })
  )).pipe(
    Command.withDescription(
      "Send them on their way again. Quarantined records are read again by today's decoders; those that still can't be " +
        "read, or of which only a part was kept, stay"
    ),
    Command.withShortDescription("Send them on their way again; quarantined records are read anew"),
    Command.withExamples([
      { command: "mutt dead-letters replay events 1755856800000-0", description: "One event" },
      {
        command: "mutt dead-letters replay quarantine --all --cause decoder_failed",
        description: "What a decoder failed on, once that is mended"
      }
    ])
  )

const discard = Command.make("discard", {
  ...connection,
  queue,
  ids: Argument.String("id").pipe(Argument.variadic({ min: 1 })),
  reason
}, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const found = yield* (yield* Api).deadLetters.discard({
        params: { queue: at.queue },
        payload: { ids: at.ids, ...because(at.reason) }
      })
      const missing = found.missing.length === 0 ? "" : ` ${found.missing.length} were not there.`
      yield* answer(at.json, found, `${found.discarded.length} discarded.${missing}`)
    })
  )).pipe(Command.withDescription("Give them up for good"))

export const deadLetters = Command.make("dead-letters").pipe(
  Command.withDescription("What could not go on: events, alerts and quarantined records"),
  Command.withSubcommands([counts, list, replay, discard])
)
