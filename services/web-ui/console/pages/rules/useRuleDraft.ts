import { Result } from "effect"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { CalledRule } from "../../../../../src/domain/Rule.ts"
import { fromRuleColumns } from "../../../../../src/domain/Rule.ts"
import type { FieldError } from "../../../../../src/logic/fieldErrors.ts"
import { useDraft } from "../../api/Drafts.ts"
import { nextId } from "../../shell/draftRule.ts"
import { formOf, isForm, type RuleFields, type RuleForm, ruleOf, ruleOfText, textOf } from "./ruleForm.ts"

/** A rule as it is typed, and the saved one that it began from. */
export interface RuleDraft {
  readonly base: RuleView | null
  readonly form: RuleForm
  /** As JSON, while it can't be read as a rule. */
  readonly text?: string
}

const isDraft = (value: unknown): value is RuleDraft =>
  typeof value === "object" && value !== null && "base" in value && "form" in value && isForm(value.form)

/** What is typed for a rule: kept until it is saved or given up, and read as a rule all the time. */
export const useRuleDraft = (name: string, initial: RuleDraft, rules: ReadonlyArray<RuleView>) => {
  const { changed, drop, set, value } = useDraft(name, initial, isDraft)
  const { base, form, text } = value
  const read = text === undefined ? ruleOf(form) : ruleOfText(text)
  const fields: RuleFields | undefined = Result.getOrUndefined(read)
  const errors: ReadonlyArray<FieldError> = Result.isFailure(read) ? read.failure : []
  const id = base?.id ?? nextId(rules)
  const draft: CalledRule | undefined = fields === undefined
    ? undefined
    : { ...fromRuleColumns(fields), id, name: fields.name ?? `rule-${id}` }
  return {
    base,
    form,
    changed,
    drop,
    fields,
    errors,
    draft,
    setForm: (form: RuleForm) => set({ base, form }),
    /** The text of the rule; a text that can be read changes the form too. */
    text: text ?? (fields === undefined ? JSON.stringify(form, null, 2) : textOf(fields)),
    setText: (text: string) => {
      const typed = ruleOfText(text)
      set(Result.isSuccess(typed) ? { base, form: formOf(typed.success) } : { base, form, text })
    }
  }
}
