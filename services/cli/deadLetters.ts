import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import { apiCommand, CommandFailed } from "./api.ts"
import { because, reason } from "./change.ts"
import { answer, table } from "./output.ts"
import { deadLetterIds, replayAll, replayWords } from "./replay.ts"

const queue = Argument.Literals("queue", DeadLetterQueue.literals).pipe(
  Argument.withDescription(
    "events: the alerter could not process them; alerts: not delivered; quarantine: not readable"
  )
)

const counts = apiCommand("counts", "How many are kept in each queue", {}, function*(api, _, json) {
  const found = yield* api.deadLetters.counts({})
  const rows = Object.entries(found.counts).map(([name, count]) => [name, String(count)])
  yield* answer(json, found, table(["queue", "kept"], rows))
})

const list = apiCommand("list", "What could not go on, and why; newest first", {
  queue,
  limit: Flag.Int("limit").pipe(Flag.withDefault(20), Flag.withDescription("Letters to list at most (20)")),
  before: Flag.String("before").pipe(Flag.optional, Flag.withDescription("Go on below this id"))
}, function*(api, at, json) {
  const found = yield* api.deadLetters.list({
    params: { queue: at.queue },
    query: {
      limit: at.limit,
      ...Option.match(at.before, { onNone: () => ({}), onSome: (before) => ({ before }) })
    }
  })
  const rows = found.dead_letters.map((one) => [one.id, one.reason, one.detail, one.payload.slice(0, shownPayload)])
  yield* answer(json, found, [...table(["id", "reason", "", "what"], rows), "", `${found.count} are kept`])
})

/** Characters of a payload that a table has room for; `--json` gives all of it. */
const shownPayload = 120

const replay = apiCommand(
  "replay",
  "Send them on their way again. Quarantined records are read again by today's decoders; those that still can't be " +
    "read, or of which only a part was kept, stay",
  {
    queue,
    ids: Argument.String("id").pipe(Argument.variadic()),
    all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("All of the queue, in place of ids")),
    cause: Flag.String("cause").pipe(
      Flag.optional,
      Flag.withDescription("With --all: only those refused for this reason, such as decoder_failed")
    ),
    reason
  },
  function*(api, at, json) {
    if (at.all === at.ids.length > 0) return yield* new CommandFailed({ message: "Give ids, or --all." })
    if (Option.isSome(at.cause) && !at.all) return yield* new CommandFailed({ message: "--cause goes with --all." })
    const found = yield* replayAll(
      api,
      at.queue,
      at.all ? deadLetterIds(api, at.queue, Option.getOrUndefined(at.cause)) : Effect.succeed(at.ids),
      because(at.reason)
    )
    yield* answer(json, found, replayWords(found))
  }
).pipe(
  Command.withShortDescription("Send them on their way again; quarantined records are read anew"),
  Command.withExamples([
    { command: "mutt dead-letters replay events 1755856800000-0", description: "One event" },
    {
      command: "mutt dead-letters replay quarantine --all --cause decoder_failed",
      description: "What a decoder failed on, once that is mended"
    }
  ])
)

const discard = apiCommand("discard", "Give them up for good", {
  queue,
  ids: Argument.String("id").pipe(Argument.variadic({ min: 1 })),
  reason
}, function*(api, at, json) {
  const found = yield* api.deadLetters.discard({
    params: { queue: at.queue },
    payload: { ids: at.ids, ...because(at.reason) }
  })
  const missing = found.missing.length === 0 ? "" : ` ${found.missing.length} were not there.`
  yield* answer(json, found, `${found.discarded.length} discarded.${missing}`)
})

export const deadLetters = Command.make("dead-letters").pipe(
  Command.withDescription("What could not go on: events, alerts and quarantined records"),
  Command.withSubcommands([counts, list, replay, discard])
)
