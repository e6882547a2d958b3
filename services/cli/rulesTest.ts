import { Effect, FileSystem, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { inOneGo } from "../../src/logic/steps.ts"
import { counted } from "../../src/rulefile/words.ts"
import { type Api, CommandFailed, connection, withApi } from "./api.ts"
import { answer, shown } from "./output.ts"
import { readRuleFile, writeText } from "./ruleFile.ts"

const options = {
  message: Argument.String("file-or-message").pipe(
    Argument.withDescription("A file of rules, whose tests are run here; or a message, which the server is asked about")
  ),
  junit: Flag.String("junit").pipe(
    Flag.optional,
    Flag.withDescription("With a file: write the results to this file too, as JUnit XML")
  ),
  host: Flag.String("host").pipe(Flag.withDefault("test-host")),
  severity: Flag.String("severity").pipe(Flag.optional),
  trapOid: Flag.String("trap-oid").pipe(Flag.optional),
  tag: Flag.String("tag").pipe(Flag.optional, Flag.withDescription("What stands before the message: LINK-DOWN")),
  line: Flag.Boolean("line").pipe(
    Flag.withDefault(false),
    Flag.withDescription("The message is a whole line of syslog, to be decoded as the ingestor does")
  )
}

type Given = Command.Command.Config.InferValue<typeof options>

export const rulesTest = Command.make(
  "test",
  { connection, options },
  ({ connection, options }) =>
    Effect.gen(function*() {
      if (yield* isFile(options.message)) return yield* runFile(options.message, options.junit, connection.json)
      return yield* withApi(connection, (api) => ask(api, options, connection.json))
    })
).pipe(
  Command.withDescription(
    "Which rule an event would match, and why; or, of a file, whether its rules pass its tests: offline, by the " +
      "code of the alerter. Ends with 0 when all pass, 1 when one fails, 2 when the file cannot be used"
  ),
  Command.withShortDescription("Which rule an event would match, and why; or run the tests of a file"),
  Command.withExamples([
    { command: "mutt rules test rules.yaml --junit report.xml", description: "Run the tests of a file, offline" },
    { command: "mutt rules test 'Interface Gi0/1, changed state to down'", description: "Ask the server" }
  ])
)

/** What is there as a file is one, and what is named like one was meant to be. */
const isFile = Effect.fnUntraced(function*(text: string) {
  if (/^\S+\.(?:ya?ml|json)$/i.test(text)) return true
  if (text.length > 4_096 || text.includes("\0")) return false
  const files = yield* FileSystem.FileSystem
  return yield* files.stat(text).pipe(
    Effect.map(({ type }) => type === "File"),
    // A text that cannot be looked for as a file is a message.
    Effect.orElseSucceed(() => false)
  )
})

const runFile = Effect.fnUntraced(function*(path: string, report: Option.Option<string>, json: boolean) {
  const file = yield* readRuleFile(path)
  const { failureLine, runRuleTests } = yield* Effect.promise(() => import("../../src/rulefile/runRuleTests.ts"))
  const { testedRules } = yield* Effect.promise(() => import("../../src/rulefile/RuleFile.ts"))
  const { junit } = yield* Effect.promise(() => import("../../src/rulefile/junit.ts"))
  const results = inOneGo(runRuleTests(testedRules(file)))
  if (Option.isSome(report)) yield* writeText(report.value, junit(path, results))
  const failed = results.filter(({ failures }) => failures.length > 0)
  const total = counted(results.length, "test")
  yield* answer(json, { passed: results.length - failed.length, failed: failed.length, tests: results }, [
    ...failed.flatMap(({ failures, name }) => [`FAILED  ${name}`, ...failures.map((one) => `  ${failureLine(one)}`)]),
    `${total}, ${results.length - failed.length} passed.`
  ])
  if (failed.length > 0) yield* new CommandFailed({ message: `${failed.length} of ${total} failed.` })
})

const ask = Effect.fnUntraced(function*(api: Api, at: Given, json: boolean) {
  const tested = yield* api.rules.test({
    payload: {
      hostname: at.host,
      message: at.line ? "" : at.message,
      ...(at.line ? { line: at.message } : {}),
      ...Option.match(at.tag, { onNone: () => ({}), onSome: (tag) => ({ tag }) }),
      ...Option.match(at.severity, { onNone: () => ({}), onSome: (severity) => ({ severity }) }),
      ...Option.match(at.trapOid, { onNone: () => ({}), onSome: (trap_oid) => ({ trap_oid }) })
    }
  })
  const { message, tag } = tested.saw
  const seen = tag === null ? [] : [`The rules saw ${shown(message)} and ${shown(tag + message)}.`]
  yield* answer(json, tested, [`${tested.outcome}: ${tested.reason}`, ...seen])
})
