import { ruleColumns } from "../domain/Rule.ts"
import { parseSeverity } from "../domain/Severity.ts"
import type { FieldError } from "../logic/fieldErrors.ts"
import { unknownName } from "../logic/fieldErrors.ts"
import { normaliseOid } from "../logic/oids.ts"
import { validateRule } from "../matching/validateRule.ts"
import type { RuleTest, TestedRules } from "./RuleFile.ts"
import { checkSilences, silenceName } from "./testSilences.ts"
import { readDuration, readStart } from "./testTime.ts"

/**
 * What a schema cannot say: whether the rules can be used, names are used once, and tests speak of what is there. With
 * `rulesMayLack`, a test that expects a rule that is not there is no mistake of the file: it fails. Pauses after each
 * rule and test: an unkind pattern takes milliseconds.
 */
export function* checkRules(
  { rules, tests }: TestedRules,
  rulesMayLack = false
): Generator<void, ReadonlyArray<FieldError>> {
  const names = rules.map(({ name }) => name)
  const known = rulesMayLack ? undefined : new Set(names)
  const problems = [...usedTwice("rules", names)]
  for (const [index, rule] of rules.entries()) {
    yield
    problems.push(
      ...validateRule(rule).map(({ field, message }) => ({ field: `rules.${index}.${ruleColumns[field]}`, message }))
    )
  }
  problems.push(...usedTwice("tests", tests.map(({ name }) => name)))
  for (const [index, test] of tests.entries()) {
    yield
    problems.push(...checkTest(test, `tests.${index}`, known))
  }
  return problems
}

const usedTwice = (list: string, names: ReadonlyArray<string>): ReadonlyArray<FieldError> => {
  const first = new Map<string, number>()
  return names.flatMap((name, index) => {
    const before = first.get(name)
    if (before === undefined) first.set(name, index)
    return before === undefined
      ? []
      : [{
        field: `${list}.${index}.name`,
        message: `is the name of ${list}.${before} already: ${JSON.stringify(name)}`
      }]
  })
}

const checkTest = (test: RuleTest, path: string, names?: ReadonlySet<string>): ReadonlyArray<FieldError> => {
  const problems: Array<FieldError> = []
  const problem = (field: string, message: string) => problems.push({ field: `${path}.${field}`, message })

  const start = test.start === undefined ? undefined : readStart(test.start)
  if (typeof start === "string") problem("start", start)
  for (const { field, message } of checkSilences(test)) problem(field, message)
  const silences = (test.silences ?? []).map(silenceName)
  let before = 0
  for (const [index, event] of test.events.entries()) {
    const at = event.at === undefined ? before : readDuration(event.at)
    if (at === undefined) problem(`events.${index}.at`, "must be a length of time such as 0s, 90s, 5m, 1h30m")
    else if (at < before) problem(`events.${index}.at`, "is before the event above it: events come in their order")
    before = Math.max(before, at ?? before)
    if (event.line === undefined && event.message === undefined && event.trap_oid === undefined) {
      problem(`events.${index}`, "needs a message, a trap_oid or a line")
    }
    if (event.severity !== undefined && parseSeverity(event.severity) === undefined) {
      problem(`events.${index}.severity`, "is no severity: 0 to 7, or a name such as err")
    }
    if (event.trap_oid !== undefined && normaliseOid(event.trap_oid) === undefined) {
      problem(`events.${index}.trap_oid`, "is not an object identifier such as 1.3.6.1.4.1.9")
    }
  }
  if ((test.expect ?? []).length === 0 && test.sent === undefined) problem("expect", "is empty: the test shows nothing")
  for (const [index, expected] of (test.expect ?? []).entries()) {
    const place = `expect.${index}`
    if (expected.event >= test.events.length) {
      problem(`${place}.event`, `There is no event ${expected.event}; the test has ${test.events.length}, from 0.`)
    }
    if (names !== undefined && expected.rule !== undefined && expected.rule !== null && !names.has(expected.rule)) {
      problem(`${place}.rule`, unknownName("rule", expected.rule, [...names]))
    }
    if (expected.silence !== undefined && expected.silence !== null && !silences.includes(expected.silence)) {
      problem(`${place}.silence`, unknownName("silence", expected.silence, silences))
    }
    if (expected.alert !== undefined) {
      problem(`${place}.alert`, "cannot be expected yet: rules have no alerts that clear")
    }
  }
  return problems
}
