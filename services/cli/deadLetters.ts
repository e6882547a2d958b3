import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import { type Api, apiCommand, CommandFailed } from "./api.ts"
import { because, reason } from "./change.ts"
import { confirmed, yes } from "./confirm.ts"
import { allGroups, filterOf, letterFlags, type LettersGiven } from "./letterFlags.ts"
import { answer, table } from "./output.ts"
import { movedWords, replayIds, sweepAll } from "./replay.ts"

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
  before: Flag.String("before").pipe(Flag.optional, Flag.withDescription("Go on below this id")),
  ...letterFlags
}, function*(api, at, json) {
  const { after: _after, up_to: _upTo, ...filter } = yield* filterOf(at)
  const found = yield* api.deadLetters.list({
    params: { queue: at.queue },
    query: {
      limit: at.limit,
      ...filter,
      ...Option.match(at.before, { onNone: () => ({}), onSome: (before) => ({ before }) })
    }
  })
  const rows = found.dead_letters.map((one) => [one.id, one.reason, one.detail, one.payload.slice(0, shownPayload)])
  const next = found.pagination.next_before
  const more = next === undefined ? "" : `; older ones: --before ${next}`
  yield* answer(json, found, [...table(["id", "reason", "", "what"], rows), "", `${found.count} are kept${more}`])
})

/** Characters of a payload that a table has room for; `--json` gives all of it. */
const shownPayload = 120

const groups = apiCommand("groups", "The same by reason and masked detail, with their numbers", {
  queue,
  ...letterFlags
}, function*(api, at, json) {
  const found = yield* allGroups(api, at.queue, yield* filterOf(at))
  const rows = found.groups.map((
    { count, detail_masked, newest, oldest, reason }
  ) => [String(count), reason, detail_masked, oldest, newest])
  yield* answer(json, found, [
    ...table(["count", "reason", "", "oldest", "newest"], rows),
    "",
    `${found.total} in ${found.groups.length} groups`
  ])
})

const acting = {
  ids: Argument.String("id").pipe(Argument.variadic()),
  all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("All of the queue, in place of ids")),
  ...letterFlags,
  expected: Flag.Int("expected").pipe(
    Flag.optional,
    Flag.withDescription("How many the filter finds; with another number nothing is done")
  ),
  yes,
  reason
}

interface Acting extends LettersGiven {
  readonly ids: ReadonlyArray<string>
  readonly all: boolean
  readonly expected: Option.Option<number>
  readonly yes: boolean
}

/** `undefined` when ids are given; else the filter, how many it finds, and that this is wanted. */
const meant = Effect.fnUntraced(
  function*(api: Api, queue: DeadLetterQueue, verb: string, at: Acting, assumed: boolean) {
    const filter = yield* filterOf(at)
    const filtered = Object.keys(filter).length > 0
    if (at.ids.length > 0) {
      if (filtered || at.all) {
        return yield* new CommandFailed({ message: "A filter such as --cause goes with --all, not with ids." })
      }
      return undefined
    }
    if (!filtered && !at.all) {
      return yield* new CommandFailed({ message: "Give ids, or --all. A filter such as --host says which." })
    }
    const { newest, total } = yield* allGroups(api, queue, filter)
    yield* confirmed(`${total} of ${queue} will be ${verb}.`, at.yes || assumed)
    // What comes meanwhile is none of those that were counted.
    const upTo = newest === null ? {} : { up_to: newest }
    return { filter: { ...filter, ...upTo }, expected: Option.getOrElse(at.expected, () => total) }
  }
)

const replay = apiCommand(
  "replay",
  "Send them on their way again. Quarantined records are read again by today's decoders; those that still can't be " +
    "read, or of which only a part was kept, stay",
  { queue, ...acting },
  function*(api, at, json) {
    const found = yield* meant(api, at.queue, "replayed", at, at.all)
    const why = because(at.reason)
    const moved = found === undefined
      ? yield* replayIds(api, at.queue, { ids: at.ids, ...why })
      : yield* sweepAll(
        { ...found, ...why },
        (payload) => api.deadLetters.replay({ params: { queue: at.queue }, payload })
      )
    yield* answer(json, moved, movedWords("replayed", moved))
  }
).pipe(
  Command.withShortDescription("Send them on their way again; quarantined records are read anew"),
  Command.withExamples([
    { command: "mutt dead-letters replay events 1755856800000-0", description: "One event" },
    {
      command: "mutt dead-letters replay alerts --host sw1 --since 24h",
      description: "What of a host failed since yesterday; says how many, and asks"
    },
    {
      command: "mutt dead-letters replay quarantine --all --cause decoder_failed",
      description: "What a decoder failed on, once that is mended"
    }
  ])
)

const retry = apiCommand(
  "retry",
  "Read quarantined records again by today's decoders",
  acting,
  function*(api, at, json) {
    const found = yield* meant(api, "quarantine", "read again", at, at.all)
    const why = because(at.reason)
    const moved = found === undefined
      ? yield* replayIds(api, "quarantine", { ids: at.ids, ...why })
      : yield* sweepAll({ ...found, ...why }, (payload) => api.deadLetters.retry({ payload }))
    yield* answer(json, moved, movedWords("read", moved))
  }
)

const discard = apiCommand("discard", "Give them up for good", { queue, ...acting }, function*(api, at, json) {
  const found = yield* meant(api, at.queue, "discarded for good", at, false)
  const why = because(at.reason)
  const params = { queue: at.queue }
  if (found === undefined) {
    const done = yield* api.deadLetters.discard({ params, payload: { ids: at.ids, ...why } })
    if ("matched" in done) return
    const missing = done.missing.length === 0 ? "" : ` ${done.missing.length} were not there.`
    return yield* answer(json, done, `${done.discarded.length} discarded.${missing}`)
  }
  const moved = yield* sweepAll({ ...found, ...why }, (payload) => api.deadLetters.discard({ params, payload }))
  yield* answer(json, moved, movedWords("discarded", moved))
})

export const deadLetters = Command.make("dead-letters").pipe(
  Command.withDescription("What could not go on: events, alerts and quarantined records"),
  Command.withSubcommands([counts, list, groups, replay, retry, discard])
)
