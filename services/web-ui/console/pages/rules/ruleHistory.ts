import { Result } from "effect"
import { readRule, type RuleFields, textOf } from "./ruleForm.ts"

type Values = Readonly<Record<string, unknown>> | null

/** A change of a rule as the record has it: of a change only what differs, of a rule that came or went all of it. */
interface Recorded {
  readonly old_values: Values
  readonly new_values: Values
}

/** The rule around a change; `undefined`: there was none, or nobody knows. */
export interface Around {
  readonly before: RuleFields | undefined
  readonly after: RuleFields | undefined
}

const withValues = (rule: RuleFields | undefined, values: Values): RuleFields | undefined => {
  if (values === null) return undefined
  const { created_at: _created, id: _id, updated_at: _updated, version: _version, ...fields } = values
  return Result.getOrUndefined(readRule({ ...rule, ...fields }))
}

/** The whole rule before and after each change, worked out backwards from how it is today; the newest change first. */
export const aroundEach = (today: RuleFields, changes: ReadonlyArray<Recorded>): ReadonlyArray<Around> => {
  let later: RuleFields | undefined = today
  return changes.map(({ new_values, old_values }) => {
    const after = withValues(later, new_values)
    const before = withValues(after, old_values)
    later = before
    return { before, after }
  })
}

/** The lines of values as the record has them; of a whole rule in the order of the form. */
export const linesOfValues = (values: Values): string => {
  const rule = withValues(undefined, values)
  if (rule !== undefined) return textOf(rule)
  return values === null
    ? ""
    : Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join("\n")
}
