import { Clock, Effect, FileSystem, Option, type PlatformError, Stdio, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { isIP } from "node:net"
import { CommandFailed } from "./api.ts"
import { report } from "./decodeReport.ts"
import { print } from "./output.ts"

const written = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?$/

const timeOf = (text: string): Option.Option<number> => {
  const [, zone] = written.exec(text) ?? []
  const millis = written.test(text) ? Date.parse(`${text.replace(" ", "T")}${zone === undefined ? "Z" : ""}`) : NaN
  return Number.isNaN(millis) ? Option.none() : Option.some(millis)
}

const options = {
  file: Argument.String("file").pipe(
    Argument.optional,
    Argument.withDescription("File to read; standard input without it. One that is named report is given as ./report")
  ),
  format: Flag.Literals("format", ["auto", "syslog", "json", "snmptrapd"]).pipe(
    Flag.withDefault("auto"),
    Flag.withDescription(
      "What the lines are. auto: JSON by their first character, traps by their second line (--datagrams), else syslog. " +
        "snmptrapd: what it gives a trap handler, each trap ended by an empty line"
    )
  ),
  datagrams: Flag.Boolean("datagrams").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Each line is one datagram or body, in which \\n is a line feed and \\\\ a backslash")
  ),
  peer: Flag.String("peer").pipe(
    Flag.withDefault("192.0.2.1"),
    Flag.filter((text) => isIP(text) > 0, () => "an IP address"),
    Flag.withDescription("Address that the lines come from (192.0.2.1)")
  ),
  at: Flag.String("at").pipe(
    Flag.filterMap(timeOf, () => "a time such as 2026-08-22T10:00:00Z"),
    Flag.optional,
    Flag.withDescription("When they arrive, RFC 3339; in UTC without a zone. Now without it")
  ),
  timeZone: Flag.String("time-zone").pipe(
    Flag.optional,
    Flag.withDescription("IANA name of the zone of times that name none, such as Europe/Berlin; UTC without it")
  ),
  charset: Flag.String("charset").pipe(
    Flag.optional,
    Flag.withDescription("Charset of bytes that are no UTF-8, as SYSLOG_FALLBACK_CHARSET; windows-1252 without it")
  ),
  trapNames: Flag.String("trap-names").pipe(
    Flag.optional,
    Flag.withDescription("File of names of traps and variables, as MUTT_TRAP_NAMES")
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Answer with one JSON object a line for each record")
  )
}

/** Shows what each line becomes, by the code of the ingestor, offline. */
export const decode = Command.make("decode", options, (given) =>
  Effect.gen(function*() {
    // Loaded when it is wanted: no other command decodes.
    const { lineDecoder } = yield* Effect.promise(() => import("./lineDecoder.ts"))
    const clock = yield* Clock.Clock
    const decoder = yield* lineDecoder({
      ...given,
      now: () => Option.getOrElse(given.at, () => clock.currentTimeMillisUnsafe())
    })
    const show = (lines: ReadonlyArray<string>) => lines.length === 0 ? Effect.void : print(lines)
    const all = Stream.runForEach(yield* bytesOf(given.file), (bytes) => show(decoder.push(bytes)))
    yield* Effect.raceFirst(Effect.andThen(all, Effect.suspend(() => show(decoder.end()))), outputClosed)
  })).pipe(
    Command.withDescription(
      "Show what each line becomes: an event, or a record in quarantine. Offline, by the code of the ingestor. " +
        "Ends with 0 whatever the lines are, and with 1 when they cannot be read"
    ),
    Command.withShortDescription("Show what lines become, offline; below it, which hosts are misread"),
    Command.withExamples([
      { command: "mutt decode sample.log", description: "What each line of a file becomes" },
      { command: "echo '<189>sw1 ...' | mutt decode --peer 192.0.2.7", description: "One line, as from that device" },
      { command: "mutt decode --datagrams --json < datagrams.txt", description: "Datagrams that hold line feeds" },
      { command: "mutt decode report", description: "Which hosts the running ingestors misread" }
    ]),
    Command.withSubcommands([report])
  )

/** Ends when the reader of the output goes away, as `head` does once it has enough. */
const outputClosed = Effect.callback<void, CommandFailed>((resume) => {
  const onError = ({ code }: NodeJS.ErrnoException) =>
    resume(
      code === "EPIPE"
        ? Effect.void
        : Effect.fail(new CommandFailed({ message: `standard output cannot be written: ${code}` }))
    )
  process.stdout.on("error", onError)
  return Effect.sync(() => void process.stdout.off("error", onError))
})

const bytesOf = Effect.fnUntraced(function*(file: Option.Option<string>) {
  const files = yield* FileSystem.FileSystem
  const stdio = yield* Stdio.Stdio
  const name = Option.getOrElse(file, () => "-")
  const failed = ({ reason }: PlatformError.PlatformError) =>
    new CommandFailed({ message: `${name === "-" ? "standard input" : name} cannot be read: ${reason._tag}` })
  return (name === "-" ? stdio.stdin : files.stream(name)).pipe(
    Stream.mapError(failed)
  )
})
