import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { LintFinding } from "../../src/domain/LintFinding.ts"
import { inOneGo } from "../../src/logic/steps.ts"
import { counted } from "../../src/rulefile/words.ts"
import { CommandFailed } from "./api.ts"
import { answer } from "./output.ts"
import { readRuleFile } from "./ruleFile.ts"

const options = {
  file: Argument.String("file").pipe(Argument.withDescription("A file of rules, YAML or JSON")),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("Answer with JSON on stdout"))
}

/** Finds rules of a file that can never decide, offline. */
export const rulesLint = Command.make("lint", options, ({ file, json }) =>
  Effect.gen(function*() {
    const parsed = yield* readRuleFile(file)
    const { lint } = yield* Effect.promise(() => import("../../src/rulefile/lint.ts"))
    const { testedRules } = yield* Effect.promise(() => import("../../src/rulefile/RuleFile.ts"))
    const findings = inOneGo(lint(testedRules(parsed).rules))
    const errors = findings.filter(({ level }) => level === "error").length
    const counts = `${counted(parsed.rules.length, "rule")}: ${counted(errors, "error")}, ` +
      `${counted(findings.length - errors, "warning")}.`
    yield* answer(json, { errors, warnings: findings.length - errors, findings }, [...findings.map(line), counts])
    if (errors > 0) yield* new CommandFailed({ message: `${counted(errors, "error")} in ${file}.` })
  })).pipe(
    Command.withDescription(
      "Find rules of a file that can never decide, and patterns that cost much, offline. Ends with 0 when there is no " +
        "error, 1 when there is one, 2 when the file cannot be used"
    ),
    Command.withShortDescription("Find rules of a file that can never decide"),
    Command.withExamples([{ command: "mutt rules lint rules.yaml", description: "What is wrong with the rules" }])
  )

const line = ({ code, level, message, proof }: LintFinding): string => `${level} ${code}: ${message} (${proof})`
