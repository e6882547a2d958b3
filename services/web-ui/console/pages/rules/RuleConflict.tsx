import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { useAsk } from "../../api/query.ts"
import { Conflict } from "../../parts/Conflict.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { fieldsOf, type RuleFields } from "./ruleForm.ts"

/** The rule as it was, as somebody else left it, and as it was typed here. */
export const RuleConflict = ({ base, close, merged, mine }: {
  readonly base: RuleView
  readonly mine: RuleFields
  readonly close: () => void
  readonly merged: (theirs: RuleView, fields: RuleFields) => void
}) => {
  const read = useAsk(["rules", base.id, "theirs"], (api) => api.rules.byId({ params: { id: base.id } }))
  return (
    <Stale read={read}>
      {(theirs) =>
        theirs.version === base.version ? null : (
          <Conflict
            base={fieldsOf(base)}
            theirs={fieldsOf(theirs)}
            mine={{ ...fieldsOf(base), ...mine }}
            nameOf={(key) => <code>{key}</code>}
            shown={(key, { [key]: value }) => <PlainText>{value === null ? "none" : String(value ?? "")}</PlainText>}
            close={close}
            merged={(fields) => merged(theirs, fields)}
          />
        )}
    </Stale>
  )
}
