import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { EventAuditEntry } from "../../../../../src/domain/Decision.ts"
import { useAsk } from "../../api/query.ts"
import { Stale } from "../../parts/Stale.tsx"
import { Detail } from "../../shell/Page.tsx"
import { RuleEditor } from "./RuleEditor.tsx"
import { emptyForm, fieldsOf, formFor, formOf } from "./ruleForm.ts"
import type { Search } from "./search.ts"
import { nothingTyped, recorded, typedOf } from "./typed.ts"

interface RuleDetailProps {
  /** `null`: a new one. */
  readonly rule: RuleView | null
  readonly rules: ReadonlyArray<RuleView>
  readonly address: Search
  readonly change: (parts: Partial<{ readonly [K in keyof Search]: string | undefined }>) => void
}

/** A rule to read, change and try; with `?draft=` together with an event. */
export const RuleDetail = (props: RuleDetailProps) => {
  const { address, change, rule } = props
  const eventRef = address.draft
  const read = useAsk(
    ["event", eventRef],
    (api) => api.events.byRef({ params: { ref: eventRef ?? "" } }),
    { enabled: eventRef !== undefined }
  )
  const title = rule === null ? "New rule" : rule.name
  return (
    <Detail title={title} close={() => change({ open: undefined, tab: undefined, draft: undefined })}>
      {eventRef === undefined
        ? <Editor {...props} entry={undefined} />
        : <Stale read={read} lines={8}>{({ event }) => <Editor {...props} entry={event} />}</Stale>}
    </Detail>
  )
}

const Editor = (
  { entry, rule, rules, ...props }: RuleDetailProps & { readonly entry: EventAuditEntry | undefined }
) => {
  const event = entry === undefined ? undefined : recorded(entry.raw_message)
  const decided = rules.find(({ id }) => id === entry?.matched_rule_id)
  const fresh = event === undefined
    ? emptyForm
    : formFor({ event, team: decided?.team_assignment ?? entry?.team_assignment ?? "", priority: decided?.priority })
  return (
    <RuleEditor
      key={`${rule?.id ?? "new"} ${entry?.id ?? ""}`}
      {...props}
      rule={rule}
      rules={rules}
      initial={{ base: rule, form: rule === null ? fresh : formOf(fieldsOf(rule)) }}
      event={event === undefined ? nothingTyped : typedOf(event)}
    />
  )
}
