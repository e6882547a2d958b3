import { Link, useNavigate } from "@tanstack/react-router"
import { useMemo, useRef, useState } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { FieldError } from "../../../../../src/logic/fieldErrors.ts"
import type { Trouble as TroubleType } from "../../api/problems.ts"
import { troubleOf } from "../../api/problems.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { Tabs } from "../../parts/Tabs.tsx"
import { type DraftRule, writeDraft } from "../../shell/draftRule.ts"
import { notify } from "../../shell/Notices.tsx"
import { useShortcuts } from "../../shell/Shortcuts.ts"
import { Backtest } from "./Backtest.tsx"
import { History } from "./History.tsx"
import { formOf, type RuleFields } from "./ruleForm.ts"
import { RuleForm } from "./RuleForm.tsx"
import { RuleJson } from "./RuleJson.tsx"
import { deleteRule } from "./saveRule.ts"
import { SaveRule, type Saving } from "./SaveRule.tsx"
import type { Search } from "./search.ts"
import { ofDraft, Tester } from "./Tester.tsx"
import { eventOf, type Typed } from "./typed.ts"
import { type RuleDraft, useRuleDraft } from "./useRuleDraft.ts"
import { useRuleSet } from "./useRules.ts"
import { useTrial } from "./useTrial.ts"

const tabs = [
  { key: "rule", title: "Rule" },
  { key: "json", title: "As JSON" },
  { key: "backtest", title: "Backtest" },
  { key: "history", title: "History" }
] as const

interface RuleEditorProps {
  readonly rule: RuleView | null
  readonly rules: ReadonlyArray<RuleView>
  readonly initial: RuleDraft
  readonly event: Typed
  readonly address: Search
  readonly change: (parts: Partial<{ readonly [K in keyof Search]: string | undefined }>) => void
}

/** A rule with its form, its tester, its backtest and its history; all of them are about what is typed now. */
export const RuleEditor = ({ address, change, event, initial, rule, rules }: RuleEditorProps) => {
  const typing = useRuleDraft(`rule/${rule?.id ?? `new/${address.draft ?? ""}`}`, initial, rules)
  const [typed, setTyped] = useState(event)
  const [saving, setSaving] = useState<Saving>()
  const [refused, setRefused] = useState<ReadonlyArray<FieldError>>([])
  const [tried, told] = useState(false)
  const [atOnce, setAtOnce] = useState(false)
  const may = useMay("operator")
  const navigate = useNavigate()
  const message = useRef<HTMLTextAreaElement>(null)
  const trial = useTrial(useRuleSet(rules), typing.draft, eventOf(typed))
  const teams = useMemo(() => [...new Set(rules.map(({ team_assignment }) => team_assignment))].toSorted(), [rules])
  const tab = tabs.find(({ key }) => key === address.tab)?.key ?? "rule"

  const seen = typing.fields === undefined ? undefined : onEvents({
    rule: typing.fields,
    ...(rule === null ? {} : { id: rule.id }),
    ...(rule !== null || address.draft === undefined ? {} : { event: address.draft })
  })

  const toTab = (tab: string) => {
    setAtOnce(false)
    change({ tab: tab === "rule" ? undefined : tab })
  }
  const review = (fields: RuleFields | undefined, base = typing.base) => {
    told(true)
    setRefused([])
    if (fields === undefined) toTab(tab === "json" ? "json" : "rule")
    else setSaving({ base, fields })
  }
  useShortcuts([
    {
      keys: "Ctrl+Enter",
      says: "Go to the tester of this rule",
      run: () => {
        change({ tab: undefined })
        message.current?.focus()
      }
    },
    {
      keys: "b",
      says: "Backtest this rule",
      run: () => {
        setAtOnce(true)
        change({ tab: "backtest" })
      }
    },
    {
      keys: "v",
      says: "See on events what this rule would decide",
      run: () => seen !== undefined && void navigate(seen)
    },
    {
      keys: "Ctrl+s",
      says: "Review what changes, and save",
      run: () => {
        if (may && (typing.changed || rule === null)) review(typing.fields)
      }
    }
  ])

  const onRefused = ({ detail, fields, tag }: TroubleType) => {
    setSaving(undefined)
    setRefused(tag === "RuleNameTaken" ? [{ field: "name", message: detail }] : fields)
    toTab("rule")
  }
  const onSaved = (saved: RuleView) => {
    setSaving(undefined)
    typing.drop()
    change({ open: String(saved.id), draft: undefined, tab: undefined })
  }
  const errors = [...refused, ...(tried ? typing.errors : [])]
  const offForm = errors.filter(({ field }) => !Object.hasOwn(typing.form, field))
  return (
    <div className="stack">
      <Tabs label="Views of the rule" tabs={rule === null ? tabs.slice(0, 3) : tabs} chosen={tab} choose={toTab} />
      {tab === "rule" && (
        <RuleForm
          form={typing.form}
          errors={errors}
          teams={teams}
          set={(form) => {
            setRefused([])
            typing.setForm(form)
          }}
        />
      )}
      {tab === "rule" && offForm.length > 0 && (
        <ul role="alert">{offForm.map(({ field, message }) => <li key={field}>{field} {message}</li>)}</ul>
      )}
      {tab === "json" && <RuleJson text={typing.text} errors={typing.errors} set={typing.setText} />}
      {tab !== "history" && tab !== "backtest" && <Tester typed={typed} set={setTyped} tried={trial} field={message} />}
      {tab === "backtest" && (
        <Backtest
          key={String(atOnce)}
          base={typing.base}
          fields={typing.fields}
          atOnce={atOnce}
        />
      )}
      {tab === "history" && rule !== null && <History rule={rule} restore={(fields) => review(fields, rule)} />}
      <div className="rule-actions row">
        <Action
          needs="operator"
          className="primary"
          disabled={!typing.changed && rule !== null}
          onClick={() => review(typing.fields)}
        >
          {rule === null ? "Add…" : "Save…"}
        </Action>
        {typing.changed && <button type="button" onClick={typing.drop}>Discard what I typed</button>}
        {seen !== undefined && (
          <Link className="button" {...seen}>
            See on events <kbd>v</kbd>
          </Link>
        )}
        {rule !== null && <Delete rule={rule} close={() => change({ open: undefined, tab: undefined })} />}
        <span className="quiet-text">
          {trial.is === "tried"
            ? ofDraft(trial.trial)
            : !typing.changed && rule !== null && `Saved, version ${rule.version}`}
        </span>
      </div>
      {saving !== undefined && (
        <SaveRule
          saving={saving}
          saved={onSaved}
          refused={onRefused}
          close={() => {
            setSaving(undefined)
            if (tab === "history") typing.setForm(formOf(saving.fields))
          }}
        />
      )}
    </div>
  )
}

/** Where the events are that came last, marked by this rule. */
const onEvents = (draft: DraftRule) => ({ to: "/events", search: { draft: writeDraft(draft) } }) as const

const Delete = ({ close, rule }: { readonly rule: RuleView; readonly close: () => void }) => {
  const remove = () =>
    deleteRule(rule).then(close, (error: unknown) => notify(`Not deleted: ${troubleOf(error).detail}`, { tone: "err" }))
  return <Action needs="operator" className="danger" onClick={() => void remove()}>Delete</Action>
}
