import { Effect, Option, Runtime, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { globMatches } from "../../src/logic/hosts.ts"
import { failedWith } from "./api.ts"
import { manifestsIn, objectFault, plainBytes, readManifest } from "./archiveFiles.ts"
import { withArchive } from "./archivePlace.ts"
import { answer, jsonText, print, printText, table } from "./output.ts"
import { since, timeBefore, until } from "./timeFlags.ts"

const place = Argument.String("archive").pipe(
  Argument.withDescription(
    "Its folder, a copy of it, or s3://bucket/prefix with the ARCHIVE_S3_ settings and the key of the web-ui"
  )
)
const json = Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("Answer with JSON on stdout"))

/** The archive is not as it was written. */
class ArchiveDamaged extends Schema.TaggedError<ArchiveDamaged>()("ArchiveDamaged", { message: Schema.String }) {
  override readonly [Runtime.errorExitCode] = 1
}

const list = Command.make(
  "list",
  { place, json },
  ({ place, json }) =>
    withArchive(place, (archive) =>
      Effect.gen(function*() {
        const days = yield* Effect.forEach(yield* manifestsIn(archive), (name) => readManifest(archive, name))
        const rows = days.map(({ bytes, day, object, odd, rows, written_at }) => [
          day,
          odd ? "odd times" : "",
          String(rows),
          String(bytes),
          (bytes / rows).toFixed(0),
          written_at,
          object
        ])
        yield* answer(json, { days }, table(["day", "", "events", "bytes", "bytes each", "written", "object"], rows))
      }))
).pipe(Command.withDescription("The days that an archive of events holds"))

const verify = Command.make(
  "verify",
  { place, json },
  ({ place, json }) =>
    withArchive(place, (archive) =>
      Effect.gen(function*() {
        const names = yield* manifestsIn(archive)
        const faults: Array<string> = []
        let [days, rows, bytes] = [0, 0, 0]
        for (const name of names) {
          const fault = yield* Effect.gen(function*() {
            const manifest = yield* readManifest(archive, name)
            rows += manifest.rows
            bytes += manifest.bytes
            return yield* objectFault(archive, manifest)
          }).pipe(Effect.catchTag("CommandFailed", ({ message }) => Effect.succeed(message)))
          days += 1
          if (fault !== undefined) faults.push(fault)
        }
        yield* answer(json, { days, events: rows, bytes, faults }, [
          ...faults,
          `${days} days, ${rows} events, ${bytes} bytes: ${
            faults.length === 0 ? "as they were written" : `${faults.length} damaged`
          }.`
        ])
        if (faults.length > 0) yield* new ArchiveDamaged({ message: "the archive is not as it was written." })
      }))
).pipe(
  Command.withDescription(
    "Compare an archive of events with its manifests, offline; ends with 1 when an object was changed"
  ),
  Command.withShortDescription("Compare an archive of events with its manifests, offline")
)

/** The columns that are looked at; a line has the others too. */
const Archived = Schema.fromJsonString(Schema.Struct({
  event_id: Schema.String,
  event_timestamp: Schema.String,
  hostname: Schema.String,
  outcome: Schema.String,
  raw_message: Schema.String
}))
const decodeArchived = Schema.decodeUnknownEffect(Archived)

const filters = {
  host: Flag.String("host").pipe(Flag.optional, Flag.withDescription("A name or a glob, such as 'sw1*'")),
  id: Flag.String("id").pipe(Flag.optional, Flag.withDescription("The id of one event")),
  text: Flag.String("text").pipe(Flag.optional, Flag.withDescription("Is within the event as it came, without case")),
  since,
  until,
  limit: Flag.Int("limit").pipe(
    Flag.withDefault(100),
    Flag.withDescription("Events to find at most, the oldest first (100)")
  )
}

const dayMs = 86_400_000

const search = Command.make(
  "search",
  { place, ...filters, json },
  (given) =>
    withArchive(given.place, (archive) =>
      Effect.gen(function*() {
        const bound = (flag: string, text: Option.Option<string>, otherwise: number) =>
          Option.isNone(text) ? Effect.succeed(otherwise) : timeBefore(flag, text.value)
        const from = yield* bound("since", given.since, -Infinity)
        const to = yield* bound("until", given.until, Infinity)
        if (given.limit < 1) return yield* failedWith("--limit is 1 at least.")
        const lower = (text: Option.Option<string>) => Option.getOrUndefined(text)?.toLowerCase()
        const [host, id, text] = [lower(given.host), lower(given.id), lower(given.text)]
        // What a line must have as it is written, so that few are read as JSON.
        const plain = [id, host !== undefined && /[*?]/.test(host) ? undefined : host].filter((part) =>
          part !== undefined
        )

        const mayMatch = (line: string) => {
          if (line === "") return false
          const small = plain.length === 0 ? line : line.toLowerCase()
          return plain.every((part) => small.includes(part))
        }
        const matching = (line: string) =>
          Effect.gen(function*() {
            const event = yield* Effect.mapError(
              decodeArchived(line),
              () => failedWith("A line of the archive is no event.")
            )
            const at = Date.parse(event.event_timestamp)
            const fits = at >= from && at < to && (id === undefined || event.event_id === id) &&
              (host === undefined || globMatches(host, event.hostname)) &&
              (text === undefined || event.raw_message.toLowerCase().includes(text))
            return fits ? [{ event, line }] : []
          })

        const ofDay = (name: string) =>
          Effect.map(readManifest(archive, name), ({ day, object, odd }) => {
            const start = Date.parse(`${day}T00:00:00Z`)
            if (!odd && (start + dayMs <= from || start >= to)) return Stream.empty
            return plainBytes(archive, object).pipe(
              Stream.decodeText(),
              Stream.splitLines,
              Stream.filter(mayMatch),
              Stream.mapEffect(matching),
              Stream.flattenIterable
            )
          }).pipe(Stream.unwrap)

        let found = 0
        yield* Stream.fromIterable(yield* manifestsIn(archive)).pipe(
          Stream.flatMap(ofDay),
          Stream.take(given.limit),
          Stream.runForEach(({ event, line }) => {
            found += 1
            const { event_id, event_timestamp, hostname, outcome, raw_message } = event
            return given.json
              ? printText(jsonText(JSON.parse(line)))
              : print([`${event_timestamp}  ${hostname}  ${outcome}  ${event_id}  ${raw_message}`])
          })
        )
        if (!given.json && found === 0) yield* print(["Nothing was found."])
      }))
).pipe(
  Command.withDescription("Find events in an archive, offline; with --json the archived lines")
)

export const archive = Command.make("archive").pipe(
  Command.withDescription("Days of events that were archived"),
  Command.withSubcommands([list, verify, search])
)
