import { Effect, Runtime, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { ChildProcess } from "effect/process"
import { parseEnv } from "node:util"
import { ConfigReport } from "../../src/domain/ConfigFinding.ts"
import { Program } from "../../src/domain/Settings.ts"
import { CommandFailed } from "./api.ts"
import { readText } from "./inputFile.ts"
import { answer } from "./output.ts"
import { programArguments } from "./programFile.ts"

/** Something is wrong, and has been printed. */
class ConfigNotGood extends Schema.TaggedError<ConfigNotGood>()("ConfigNotGood", { message: Schema.String }) {
  override readonly [Runtime.errorExitCode] = 1
}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(ConfigReport))

const options = {
  program: Argument.Literals("program", [...Program.literals, "all"]),
  production: Flag.Boolean("production").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Also look at what production must have: TLS, durability, secrets, switches, monitoring")
  ),
  connect: Flag.Boolean("connect").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Also try the servers: Redis, PostgreSQL, Vault, the platform; nothing is written there")
  ),
  envFile: Flag.String("env-file").pipe(
    Flag.atLeast(0),
    Flag.withDescription(
      "A file of settings, as systemd and compose read it; may come again. What it says counts, and each name in it must be known"
    )
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Answer with one line of JSON on stdout")
  )
}

type Settings = Readonly<Record<string, string>>

const mostText = 65_536

const settingsIn = Effect.fnUntraced(function*(path: string) {
  const text = yield* readText(path)
  if (text.length > mostText) {
    return yield* new CommandFailed({ message: `${path} is longer than ${mostText} characters` })
  }
  return Object.entries(parseEnv(text)).flatMap(([name, value]) => value === undefined ? [] : [[name, value] as const])
})

/** Lets the program itself look: it reads its environment as it would to start. */
const lookOf = Effect.fnUntraced(function*(program: Program, asked: ReadonlyArray<string>, more: Settings) {
  const child = yield* ChildProcess.make(process.execPath, [...programArguments(program), "--check-config", ...asked], {
    extendEnv: true,
    env: more,
    stderr: "inherit"
  })
  const text = yield* child.stdout.pipe(Stream.decodeText(), Stream.mkString)
  return yield* decode(text)
}, (look, program) =>
  Effect.mapError(
    Effect.scoped(look),
    ({ message }) => new CommandFailed({ message: `${program} did not say what it found: ${message}` })
  ))

const linesOf = ({ findings, program }: ConfigReport): ReadonlyArray<string> => [
  program,
  ...findings.flatMap(({ detail, fix, item, ok }) => [
    `  ${ok ? "ok     " : "PROBLEM"}  ${item}: ${detail}`,
    ...(fix === undefined ? [] : [`           do: ${fix}`])
  ])
]

export const checkConfig = Command.make(
  "check-config",
  options,
  ({ connect, envFile, json, production, program }) =>
    Effect.gen(function*() {
      const more: Settings = Object.fromEntries((yield* Effect.forEach(envFile, settingsIn)).flat())
      const asked = [
        ...production ? ["--production"] : [],
        ...connect ? ["--connect"] : [],
        `--from-file=${Object.keys(more).join(",")}`
      ]
      const programs = program === "all" ? Program.literals : [program]
      const reports = yield* Effect.forEach(programs, (one) => lookOf(one, asked, more), { concurrency: 2 })
      const problems = reports.flatMap(({ findings }) => findings.filter(({ ok }) => !ok)).length
      yield* answer(json, { ok: problems === 0, programs: reports }, reports.flatMap(linesOf))
      if (problems > 0) return yield* new ConfigNotGood({ message: `${problems} of it must be corrected` })
    })
).pipe(
  Command.withDescription(
    "Read the environment as a program would, and say every problem and what to do; ends with 1 when there is one"
  ),
  Command.withExamples([
    { command: "mutt check-config all --production", description: "Before a set-up goes into production" },
    {
      command: "mutt check-config all --env-file /etc/mutt/mutt.env",
      description: "Whether that file has a setting that no program knows"
    },
    { command: "mutt check-config alerter --connect", description: "Whether its servers let it in" }
  ])
)
