import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { RulesFile } from "../../src/api/web-ui/RuleVersions.ts"
import type { LintFinding } from "../../src/domain/LintFinding.ts"
import { inOneGo } from "../../src/logic/steps.ts"
import { counted } from "../../src/rulefile/words.ts"
import { CommandFailed, type Connection, connection, withApi } from "./api.ts"
import { inputFile } from "./inputFile.ts"
import { answer } from "./output.ts"
import { readRuleFile } from "./ruleFile.ts"

const options = {
  file: Argument.String("file").pipe(Argument.withDescription("A file of rules, YAML or JSON")),
  sample: Flag.Boolean("sample").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Ask the server, which compares the rules with its newest 10,000 recorded events too")
  )
}

/** Finds rules of a file that can never decide: offline, or by what a server recorded. */
export const rulesLint = Command.make(
  "lint",
  { connection, options },
  ({ connection, options: { file, sample } }) =>
    Effect.gen(function*() {
      const { findings, rules, sampled } = yield* sample ? asked(connection, file) : offline(file)
      const errors = findings.filter(({ level }) => level === "error").length
      const counts = `${counted(rules, "rule")}: ${counted(errors, "error")}, ` +
        `${counted(findings.length - errors, "warning")}${
          sample ? `, over ${counted(sampled, "recorded event")}` : ""
        }.`
      const told = { errors, warnings: findings.length - errors, findings, ...(sample ? { sampled } : {}) }
      yield* answer(connection.json, told, [...findings.map(line), counts])
      if (errors > 0) yield* new CommandFailed({ message: `${counted(errors, "error")} in ${file}.` })
    })
).pipe(
  Command.withDescription(
    "Find rules of a file that can never decide, and patterns that cost much, offline. Ends with 0 when there is no " +
      "error, 1 when there is one, 2 when the file cannot be used"
  ),
  Command.withShortDescription("Find rules of a file that can never decide"),
  Command.withExamples([
    { command: "mutt rules lint rules.yaml", description: "What is wrong with the rules" },
    { command: "mutt rules lint rules.yaml --sample", description: "The same, by recorded events too" }
  ])
)

const offline = Effect.fnUntraced(function*(file: string) {
  const parsed = yield* readRuleFile(file)
  const { lint } = yield* Effect.promise(() => import("../../src/rulefile/lint.ts"))
  const { testedRules } = yield* Effect.promise(() => import("../../src/rulefile/RuleFile.ts"))
  return { findings: inOneGo(lint(testedRules(parsed).rules)), rules: parsed.rules.length, sampled: 0 }
})

const rulesFile = inputFile(RulesFile)

const asked = Effect.fnUntraced(function*(connection: Connection, path: string) {
  const file = yield* rulesFile(path)
  const found = yield* withApi(connection, (api) => api.rulesAtWork.lint({ payload: file }))
  return { ...found, rules: file.rules.length }
})

const line = ({ code, level, message, proof }: LintFinding): string => `${level} ${code}: ${message} (${proof})`
