import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { readDuration } from "../../src/rulefile/testTime.ts"
import { writtenOf } from "../../src/silence/StoredSilence.ts"
import { type Api, apiCommand, CommandFailed } from "./api.ts"
import { because, ifMatch, reason } from "./change.ts"
import { answer, printJson } from "./output.ts"
import { allPages } from "./pages.ts"
import { editedBy, type SilenceFlags, silenceFlags, silenceOf } from "./silenceFlags.ts"
import { changedLines, createdLines, detailLines, previewLines, silenceRows } from "./silenceLines.ts"
import { timeAfter, timeText } from "./timeFlags.ts"

const showPreview = Effect.fnUntraced(function*(api: Api, at: SilenceFlags, json: boolean) {
  const found = yield* api.silencePreviews.preview({
    // A preview is not kept, and needs no reason.
    payload: yield* silenceOf({ ...at, comment: Option.orElseSome(at.comment, () => "preview") })
  })
  yield* answer(json, found, previewLines(found))
})

const add = apiCommand("add", "Silence what matches: nobody is told of it meanwhile, the record goes on", {
  ...silenceFlags,
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Only show what it would have held back; as preview")
  )
}, function*(api, at, json) {
  if (at.dryRun) return yield* showPreview(api, at, json)
  const made = yield* api.silences.create({ payload: yield* silenceOf(at) })
  yield* answer(json, made, createdLines(made))
})

const preview = apiCommand(
  "preview",
  "What a silence would have held back in the last 24 hours, and its next times",
  silenceFlags,
  function*(api, at, json) {
    yield* showPreview(api, at, json)
  }
)

const filter = {
  state: Flag.Literals("state", ["now", "soon", "ended"]).pipe(Flag.optional),
  author: Flag.String("author").pipe(Flag.optional, Flag.withDescription("Name of the key that made it")),
  host: Flag.String("host").pipe(Flag.optional, Flag.withDescription("That name this host")),
  endingWithin: Flag.String("ending-within").pipe(
    Flag.optional,
    Flag.withDescription("That hold back now and end within this time: 90m, 2h")
  )
}

const list = apiCommand(
  "list",
  "Silences, newest first",
  { ...filter, limit: Flag.Int("limit").pipe(Flag.withDefault(100)) },
  function*(api, at, json) {
    const within = Option.getOrUndefined(at.endingWithin)
    const millis = within === undefined ? undefined : readDuration(within)
    if (within !== undefined && millis === undefined) {
      return yield* new CommandFailed({ message: `--ending-within is no length of time such as 2h: ${within}` })
    }
    const asked = {
      ...Option.match(at.state, { onNone: () => ({}), onSome: (state) => ({ state }) }),
      ...Option.match(at.author, { onNone: () => ({}), onSome: (author) => ({ author }) }),
      ...Option.match(at.host, { onNone: () => ({}), onSome: (host) => ({ host }) }),
      ...(millis === undefined ? {} : { ending_within: Math.max(1, Math.round(millis / 1_000)) })
    }
    const silences = yield* pagesOf(api, asked, at.limit)
    yield* answer(json, { silences }, silenceRows(silences))
  }
)

type Query = NonNullable<Parameters<Api["silences"]["list"]>[0]>["query"]

const pagesOf = (api: Api, asked: Query, limit: number) =>
  allPages(limit, (query, left) =>
    Effect.map(
      api.silences.list({ query: { ...asked, ...query, limit: Math.min(left, 200) } }),
      ({ pagination, silences }) => ({ items: silences, next: pagination.next_cursor })
    ))

const id = Argument.Int("silence")

const show = apiCommand("show", "A silence with its revisions and its next times", { id }, function*(api, at, json) {
  const found = yield* api.silences.byId({ params: { id: at.id } })
  yield* answer(json, found, detailLines(found))
})

const ifRevision = Flag.Int("if-revision").pipe(
  Flag.optional,
  Flag.withDescription("Refuse when it changed after this revision")
)

const edit = apiCommand("edit", "Make a silence say something else; what no flag speaks of stays", {
  id,
  ...silenceFlags,
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Only show what it would have held back")
  ),
  ifRevision
}, function*(api, at, json) {
  const seen = yield* api.silences.byId({ params: { id: at.id } })
  const payload = yield* editedBy(at, writtenOf(seen))
  if (at.dryRun) {
    const found = yield* api.silencePreviews.preview({ payload })
    return yield* answer(json, found, previewLines(found))
  }
  const changed = yield* api.silences.update({
    params: { id: at.id },
    // What somebody changes between the two is not overwritten.
    headers: ifMatch(Option.orElseSome(at.ifRevision, () => seen.revision)),
    payload
  })
  yield* answer(json, changed, changedLines(changed))
})

const extend = apiCommand("extend", "Let a silence end later", {
  id,
  for: Flag.String("for").pipe(Flag.optional, Flag.withDescription("How much later: 1h, 90m")),
  until: Flag.String("until").pipe(Flag.optional, Flag.withDescription("Until this time")),
  reason,
  ifRevision
}, function*(api, at, json) {
  const later = Option.getOrUndefined(at.for)
  const millis = later === undefined ? undefined : readDuration(later)
  if ((later === undefined) === Option.isNone(at.until) || (later !== undefined && millis === undefined)) {
    return yield* new CommandFailed({ message: "Give --for, such as 1h, or --until, and not both." })
  }
  const end = Option.isNone(at.until) ? undefined : yield* timeAfter("until", at.until.value)
  const changed = yield* api.silences.extend({
    params: { id: at.id },
    headers: ifMatch(at.ifRevision),
    payload: {
      ...(millis === undefined ? {} : { seconds: Math.round(millis / 1_000) }),
      ...(end === undefined ? {} : { ends_at: timeText(end) }),
      ...because(at.reason)
    }
  })
  yield* answer(json, changed, [`Silence ${at.id} ends at ${changed.silence.ends_at}.`])
})

const end = apiCommand("end", "End a silence now", { id, reason, ifRevision }, function*(api, at, json) {
  const changed = yield* api.silences.end({
    params: { id: at.id },
    headers: ifMatch(at.ifRevision),
    payload: because(at.reason)
  })
  yield* answer(json, changed, [`Silence ${at.id} has ended.`])
})

const exportSilences = apiCommand(
  "export",
  "Silences with all they say, one JSON object per line",
  { state: filter.state },
  function*(api, at) {
    const asked = Option.match(at.state, { onNone: () => ({}), onSome: (state) => ({ state }) })
    for (const one of yield* pagesOf(api, asked, Number.POSITIVE_INFINITY)) yield* printJson(one)
  }
)

export const silence = Command.make("silence").pipe(
  Command.withDescription("Silences and maintenance windows"),
  Command.withSubcommands([add, list, show, preview, edit, extend, end, exportSilences])
)
