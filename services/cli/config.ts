import { Effect, Option, Schedule, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Api, connection, withApi } from "./api.ts"
import { because, condition, ifVersion, reason, toldWords } from "./change.ts"
import { inputFile } from "./inputFile.ts"
import { answer, printJson, shown, table } from "./output.ts"

const setting = Argument.String("setting")
const list = Command.make("list", connection, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const config = yield* (yield* Api).settings.list({})
      const rows = config.items.map((item) => [
        item.key,
        shown(item.value),
        item.is_set ? `set by ${item.changed_by ?? "?"}, version ${item.version}` : "default",
        item.range
      ])
      yield* answer(
        at.json,
        config,
        [
          ...table(["setting", "value", "", "range"], rows),
          "",
          `version ${config.version}, from the ${config.source}`
        ]
      )
    })
  )).pipe(Command.withDescription("All settings"))

const get = Command.make("get", { ...connection, setting }, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const item = yield* (yield* Api).settings.get({ params: { key: at.setting } })
      yield* answer(at.json, item, shown(item.value))
    })
  )).pipe(Command.withDescription("One setting"))

const set = Command.make(
  "set",
  { ...connection, setting, value: Argument.String("value"), reason, ifVersion },
  (at) =>
    withApi(
      at,
      Effect.gen(function*() {
        const changed = yield* (yield* Api).settings.set({
          params: { key: at.setting },
          headers: condition(at.ifVersion),
          query: { wait: "all" },
          payload: { value: valueOf(at.value), ...because(at.reason) }
        })
        yield* answer(
          at.json,
          changed,
          `${at.setting}: ${shown(changed.old_value)} -> ${shown(changed.new_value)}. ${toldWords(changed)}`
        )
      })
    )
).pipe(Command.withDescription("Change one setting"))

const unset = Command.make(
  "unset",
  { ...connection, setting, reason, ifVersion },
  (at) =>
    withApi(
      at,
      Effect.gen(function*() {
        const changed = yield* (yield* Api).settings.unset({
          params: { key: at.setting },
          headers: condition(at.ifVersion),
          query: { wait: "all" },
          payload: because(at.reason)
        })
        yield* answer(at.json, changed, `${at.setting} is ${shown(changed.new_value)} again. ${toldWords(changed)}`)
      })
    )
).pipe(Command.withDescription("Put one setting back to its default"))

const history = Command.make("history", {
  ...connection,
  setting: setting.pipe(Argument.optional),
  limit: Flag.Int("limit").pipe(Flag.withDefault(20))
}, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const found = yield* (yield* Api).settings.history({
        query: { limit: at.limit, ...Option.match(at.setting, { onNone: () => ({}), onSome: (key) => ({ key }) }) }
      })
      const rows = found.history.map((one) => [
        String(one.version),
        one.changed_at,
        one.changed_by,
        one.key,
        `${shown(one.old_value)} -> ${shown(one.new_value)}`,
        one.reason ?? ""
      ])
      yield* answer(at.json, found, table(["version", "when", "who", "setting", "change", "why"], rows))
    })
  )).pipe(Command.withDescription("Who changed what, newest first"))

const rollback = Command.make(
  "rollback",
  { ...connection, version: Argument.Int("version"), reason },
  (at) =>
    withApi(
      at,
      Effect.gen(function*() {
        const changed = yield* (yield* Api).settings.rollback({
          headers: {},
          query: { wait: "all" },
          payload: { version: at.version, ...because(at.reason) }
        })
        yield* answer(at.json, changed, [...differences(changed.changes), toldWords(changed)])
      })
    )
).pipe(Command.withDescription("Go back to the settings of an older version, as a new one"))

const instances = Command.make("instances", connection, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const found = yield* (yield* Api).settings.instances({})
      const rows = found.instances.map((one) => [
        one.program,
        one.instance,
        String(one.version),
        one.ok ? `since ${one.since}` : `refused: ${one.reason ?? ""}`
      ])
      yield* answer(at.json, found, table(["program", "instance", "version", ""], rows))
    })
  )).pipe(Command.withDescription("Which process runs which version"))

const watch = Command.make("watch", connection, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const { settings } = yield* Api
      // The server ends a stream after a time, or with its key; asking again tells which it was.
      yield* settings.stream({}).pipe(
        Effect.flatMap(
          Stream.runForEach((one) => answer(at.json, one, `version ${one.version}: ${JSON.stringify(one.config)}`))
        ),
        Effect.repeat(Schedule.spaced("1 second"))
      )
    })
  )).pipe(Command.withDescription("Show the settings, and again after each change, until stopped"))

const exportAll = Command.make("export", connection, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const config = yield* (yield* Api).settings.list({})
      const set = config.items.filter(({ is_set }) => is_set).map(({ key, value }) => [key, value])
      yield* printJson({ config: Object.fromEntries(set) }, 2)
    })
  )).pipe(Command.withDescription("What differs from the defaults, as a file to keep"))

const settingsFile = inputFile(Schema.Struct({ config: Schema.Record(Schema.String, Schema.Json) }))

const apply = Command.make("apply", {
  ...connection,
  file: Argument.String("file"),
  dryRun: Flag.Boolean("dry-run").pipe(Flag.withDefault(false), Flag.withDescription("Only show what would change")),
  reason
}, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const wanted = yield* settingsFile(at.file)
      const api = yield* Api
      const { items } = yield* api.settings.list({})
      // The file is the whole truth: what is set and not in it goes back to its default.
      const gone = items.filter((item) => item.is_set && !Object.hasOwn(wanted.config, item.key)).map((
        { key }
      ) => [key, null])
      const changed = yield* api.settings.apply({
        headers: {},
        query: { wait: "all" },
        payload: {
          config: { ...Object.fromEntries(gone), ...wanted.config },
          dry_run: at.dryRun,
          ...because(at.reason)
        }
      })
      const words = changed.changes.length === 0
        ? "Nothing to change."
        : [...differences(changed.changes), at.dryRun ? "Nothing was changed (--dry-run)." : toldWords(changed)]
      yield* answer(at.json, changed, words)
    })
  )).pipe(Command.withDescription("Make the settings what a file of `mutt config export` says"))

type Difference = { readonly key: string; readonly old_value: unknown; readonly new_value: unknown }
const differences = (changes: ReadonlyArray<Difference>): ReadonlyArray<string> =>
  table(["setting", "from", "to"], changes.map((one) => [one.key, shown(one.old_value), shown(one.new_value)]))

/** A number where it is one, text otherwise. */
const valueOf = (text: string): Schema.Json => /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text

export const config = Command.make("config").pipe(
  Command.withDescription("Dynamic settings"),
  Command.withSubcommands([list, get, set, unset, history, rollback, instances, watch, exportAll, apply])
)
