import { Option, Schema } from "effect"
import { FileRule, type RuleView } from "../../../../src/api/web-ui/Rules.ts"
import { type CalledRule, fromRuleColumns } from "../../../../src/domain/Rule.ts"

/** A rule that nobody saved yet, as an address carries it from page to page, or to somebody else. */
const DraftRule = Schema.Struct({
  /** The saved rule whose place it takes; absent for a new one. */
  id: Schema.optionalKey(Schema.Int),
  /** The event that a new one is made for. */
  event: Schema.optionalKey(Schema.String),
  rule: FileRule
})
export type DraftRule = typeof DraftRule.Type

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(DraftRule))

export const writeDraft = (draft: DraftRule): string => JSON.stringify(draft)

/** The number that a new rule has while it is tried: it is the youngest. */
export const nextId = (rules: ReadonlyArray<Pick<RuleView, "id">>): number =>
  rules.reduce((most, { id }) => Math.max(most, id), 0) + 1

/** What `draft=` says: a rule as it is typed, or the number of a saved one. */
export const readDraft = (text: string, rules: ReadonlyArray<RuleView>): DraftRule | undefined => {
  const saved = rules.find(({ id }) => String(id) === text)
  return saved === undefined ? Option.getOrUndefined(decode(text)) : { id: saved.id, rule: saved }
}

/** The rule of a draft as it would decide. */
export const calledRule = ({ id: known, rule }: DraftRule, rules: ReadonlyArray<RuleView>): CalledRule => {
  const id = known ?? nextId(rules)
  return { ...fromRuleColumns(rule), id, name: rule.name ?? `rule-${id}` }
}

/** Where it is typed. */
export const draftPlace = ({ event, id }: DraftRule) =>
  ({
    to: "/rules",
    search: id === undefined ? { open: "new", ...(event === undefined ? {} : { draft: event }) } : { open: String(id) }
  }) as const
