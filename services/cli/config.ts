import { Effect, Option, Schedule, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { apiCommand } from "./api.ts"
import { because, dryRun, ifMatch, ifVersion, propagationText, reason } from "./change.ts"
import { inputFile } from "./inputFile.ts"
import { answer, printJson, shown, table } from "./output.ts"

const setting = Argument.String("setting")
const list = apiCommand("list", "All settings", {}, function*(api, _, json) {
  const config = yield* api.settings.list({})
  const rows = config.items.map((item) => [
    item.key,
    shown(item.value),
    item.is_set ? `set by ${item.changed_by ?? "?"}, version ${item.version}` : "default",
    item.range
  ])
  const end = `version ${config.version}, from the ${config.source}`
  yield* answer(json, config, [...table(["setting", "value", "", "range"], rows), "", end])
})

const get = apiCommand("get", "One setting", { setting }, function*(api, at, json) {
  const item = yield* api.settings.get({ params: { key: at.setting } })
  yield* answer(json, item, shown(item.value))
})

const set = apiCommand(
  "set",
  "Change one setting",
  { setting, value: Argument.String("value"), reason, ifVersion },
  function*(api, at, json) {
    const changed = yield* api.settings.set({
      params: { key: at.setting },
      headers: ifMatch(at.ifVersion),
      query: { wait: "all" },
      payload: { value: valueOf(at.value), ...because(at.reason) }
    })
    const what = `${at.setting}: ${shown(changed.old_value)} -> ${shown(changed.new_value)}.`
    yield* answer(json, changed, `${what} ${propagationText(changed)}`)
  }
)

const unset = apiCommand(
  "unset",
  "Put one setting back to its default",
  { setting, reason, ifVersion },
  function*(api, at, json) {
    const changed = yield* api.settings.unset({
      params: { key: at.setting },
      headers: ifMatch(at.ifVersion),
      query: { wait: "all" },
      payload: because(at.reason)
    })
    yield* answer(json, changed, `${at.setting} is ${shown(changed.new_value)} again. ${propagationText(changed)}`)
  }
)

const history = apiCommand("history", "Who changed what, newest first", {
  setting: setting.pipe(Argument.optional),
  limit: Flag.Int("limit").pipe(Flag.withDefault(20))
}, function*(api, at, json) {
  const found = yield* api.settings.history({
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
  yield* answer(json, found, table(["version", "when", "who", "setting", "change", "why"], rows))
})

const rollback = apiCommand("rollback", "Go back to the settings of an older version, as a new one", {
  version: Argument.Int("version"),
  reason
}, function*(api, at, json) {
  const changed = yield* api.settings.rollback({
    headers: {},
    query: { wait: "all" },
    payload: { version: at.version, ...because(at.reason) }
  })
  yield* answer(json, changed, [...differences(changed.changes), propagationText(changed)])
})

const instances = apiCommand("instances", "Which process runs which version", {}, function*(api, _, json) {
  const found = yield* api.settings.instances({})
  const rows = found.instances.map((one) => [
    one.program,
    one.instance,
    String(one.version),
    one.ok ? `since ${one.since}` : `refused: ${one.reason ?? ""}`
  ])
  yield* answer(json, found, table(["program", "instance", "version", ""], rows))
})

const watch = apiCommand(
  "watch",
  "Show the settings, and again after each change, until stopped",
  {},
  function*(api, _, json) {
    // The server ends a stream after a time, or with its key; asking again tells which it was.
    yield* api.settings.stream({}).pipe(
      Effect.flatMap(
        Stream.runForEach((one) => answer(json, one, `version ${one.version}: ${JSON.stringify(one.config)}`))
      ),
      Effect.repeat(Schedule.spaced("1 second"))
    )
  }
)

const exportAll = apiCommand("export", "What differs from the defaults, as a file to keep", {}, function*(api) {
  const config = yield* api.settings.list({})
  const set = config.items.filter(({ is_set }) => is_set).map(({ key, value }) => [key, value])
  yield* printJson({ config: Object.fromEntries(set) }, 2)
})

const settingsFile = inputFile(Schema.Struct({ config: Schema.Record(Schema.String, Schema.Json) }))

const apply = apiCommand("apply", "Make the settings what a file of `mutt config export` says", {
  file: Argument.String("file"),
  dryRun,
  reason
}, function*(api, at, json) {
  const wanted = yield* settingsFile(at.file)
  const { items } = yield* api.settings.list({})
  // The file is the whole truth: what is set and not in it goes back to its default.
  const gone = items.filter(({ is_set, key }) => is_set && !Object.hasOwn(wanted.config, key))
  const unset = Object.fromEntries(gone.map(({ key }) => [key, null]))
  const changed = yield* api.settings.apply({
    headers: {},
    query: { wait: "all" },
    payload: { config: { ...unset, ...wanted.config }, dry_run: at.dryRun, ...because(at.reason) }
  })
  const words = changed.changes.length === 0
    ? "Nothing to change."
    : [...differences(changed.changes), at.dryRun ? "Nothing was changed (--dry-run)." : propagationText(changed)]
  yield* answer(json, changed, words)
})

type Difference = { readonly key: string; readonly old_value: unknown; readonly new_value: unknown }
const differences = (changes: ReadonlyArray<Difference>): ReadonlyArray<string> =>
  table(["setting", "from", "to"], changes.map((one) => [one.key, shown(one.old_value), shown(one.new_value)]))

/** A number where it is one, text otherwise. */
const valueOf = (text: string): Schema.Json => /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text

export const config = Command.make("config").pipe(
  Command.withDescription("Dynamic settings"),
  Command.withSubcommands([list, get, set, unset, history, rollback, instances, watch, exportAll, apply])
)
