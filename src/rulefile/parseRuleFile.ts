import { Result, Schema } from "effect"
import { fieldErrors } from "../logic/fieldErrors.ts"
import { inOneGo } from "../logic/steps.ts"
import { checkRules } from "./checkRules.ts"
import { RuleFile, RuleTest, testedRules } from "./RuleFile.ts"
import { type FileProblem, yamlLimits, type YamlSource, yamlSource } from "./yamlSource.ts"

const decode = Schema.decodeUnknownResult(RuleFile, { errors: "all", onExcessProperty: "error" })
const isTested = Schema.is(Schema.Struct({ tests: Schema.Array(RuleTest) }))

/** Reads a file of rules, YAML or JSON, or says what is wrong with it and where. */
export const parseRuleFile = (text: string): Result.Result<RuleFile, ReadonlyArray<FileProblem>> =>
  Result.flatMap(yamlSource(text), (source) => {
    const decoded = decode(source.value)
    if (Result.isFailure(decoded)) {
      const problems = fieldErrors(decoded.failure.issue)
      return Result.fail(
        problems.map(({ field, message }) => placed(source, field, `${message}${hint(source, field)}`))
      )
    }
    const problems = inOneGo(checkRules(testedRules(decoded.success)))
    return problems.length === 0
      // A test is kept as it was written: decoding puts its members in another order.
      ? Result.succeed(isTested(source.value) ? { ...decoded.success, tests: source.value.tests } : decoded.success)
      : Result.fail(problems.slice(0, yamlLimits.problems).map(({ field, message }) => placed(source, field, message)))
  })

const placed = (source: YamlSource, field: string, message: string): FileProblem => ({
  ...source.placeOf(field),
  field,
  message
})

const hint = (source: YamlSource, field: string): string =>
  field !== "" && source.isBare(field) ? " (a text that looks like a number, true or false needs quotes)" : ""

/** One problem as a line: `rules.yaml:12:5: rules.3.priority: …`. */
export const problemLine = (path: string, { column, field, line, message }: FileProblem): string =>
  `${path}:${line}:${column}: ${field === "" ? "" : `${field}${/^[a-z]/.test(message) ? " " : ": "}`}${message}`
