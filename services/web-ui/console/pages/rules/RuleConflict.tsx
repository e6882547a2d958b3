import { type FormEvent, useState } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { useAsk } from "../../api/query.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { type Differing, differing, mergeRule } from "./mergeRule.ts"
import { fieldsOf, type RuleFields } from "./ruleForm.ts"

const shown = (value: Differing["mine"]) => <PlainText>{value === null ? "none" : String(value ?? "")}</PlainText>

interface ConflictProps {
  readonly base: RuleView
  readonly mine: RuleFields
  readonly close: () => void
  readonly merged: (theirs: RuleView, fields: RuleFields) => void
}

/** The rule as it was, as somebody else left it, and as it was typed here; field by field to choose. */
export const RuleConflict = (props: ConflictProps) => {
  const { base } = props
  const read = useAsk(["rules", base.id, "theirs"], (api) => api.rules.byId({ params: { id: base.id } }))
  return (
    <Stale read={read}>
      {(theirs) => theirs.version === base.version ? null : <Choice {...props} theirs={theirs} />}
    </Stale>
  )
}

const Choice = ({ base, close, merged, mine, theirs }: ConflictProps & { readonly theirs: RuleView }) => {
  const fields = differing(fieldsOf(base), fieldsOf(theirs), { ...fieldsOf(base), ...mine })
  const [chosen, choose] = useState(() => new Set(fields.filter(({ take }) => take === "mine").map(({ key }) => key)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    merged(theirs, mergeRule(fieldsOf(theirs), mine, chosen))
  }
  const take = (key: Differing["key"], isMine: boolean) => {
    const next = new Set(chosen)
    if (isMine) next.add(key)
    else next.delete(key)
    choose(next)
  }
  return (
    <form onSubmit={submit}>
      <p>Nothing was saved. Choose for each field, and look at the result once more before it is saved.</p>
      <div className="table-scroll">
        <table className="rule-table">
          <caption className="visually-hidden">Fields that differ</caption>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">It was</th>
              <th scope="col">Theirs</th>
              <th scope="col">Mine</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ base, key, mine, theirs }) => (
              <tr key={key}>
                <th scope="row">
                  <code>{key}</code>
                </th>
                <td>{shown(base)}</td>
                {([["theirs", theirs], ["mine", mine]] as const).map(([whose, value]) => (
                  <td key={whose}>
                    <label className="row">
                      <input
                        type="radio"
                        name={key}
                        checked={chosen.has(key) === (whose === "mine")}
                        onChange={() => take(key, whose === "mine")}
                      />
                      {shown(value)}
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="actions">
        <button type="button" onClick={close}>Back to the form</button>
        <button type="submit" className="primary">Go on with these</button>
      </div>
    </form>
  )
}
