import { type ReactNode, useState } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { Action } from "../../parts/Action.tsx"
import { Diff } from "../../parts/Diff.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { BringBack } from "./BringBack.tsx"
import { fieldsOf } from "./ruleForm.ts"
import { type Differs, diffWords, type RuleSetDiff, ruleText } from "./ruleSetDiff.ts"
import { SaveRule, type Saving } from "./SaveRule.tsx"

/** More than that nobody reads; the command has all of them. */
const most = 100

const verb = ({ after, before }: Differs<unknown>): string =>
  before === undefined ? "added" : after === undefined ? "deleted" : "changed"

/** What differs between two versions, each rule with a way back to how it was. */
export const RuleSetDifferences = ({ diff, from, rules }: {
  readonly diff: RuleSetDiff
  /** The version that each rule can be brought back to. */
  readonly from: number
  /** As they are today. */
  readonly rules: ReadonlyArray<RuleView>
}) => {
  const [saving, setSaving] = useState<Saving>()
  const [missing, setMissing] = useState<RuleView>()
  const restore = (before: RuleView) => {
    const today = rules.find(({ id }) => id === before.id)
    if (today === undefined) setMissing(before)
    else setSaving({ base: today, fields: fieldsOf(before) })
  }
  const isToday = (rule: RuleView): boolean => {
    const today = rules.find(({ id }) => id === rule.id)
    return today !== undefined && ruleText(today) === ruleText(rule)
  }
  return (
    <div className="stack">
      <p role="status">{diffWords(diff)}</p>
      {diff.rules.length > 0 && (
        <ul className="stack">
          {diff.rules.slice(0, most).map((one) => (
            <li key={one.key} className="stack history-entry">
              <p>
                Rule <strong>{(one.after ?? one.before)?.name}</strong> {verb(one)}
              </p>
              <Diff
                label={`Rule ${one.key}`}
                before={one.before === undefined ? "" : ruleText(one.before)}
                after={one.after === undefined ? "" : ruleText(one.after)}
              />
              <RestoreOne rule={one.before} from={from} isToday={isToday} restore={restore} />
            </li>
          ))}
        </ul>
      )}
      {diff.rules.length > most && <p className="quiet-text">{diff.rules.length - most} more rules are not shown.</p>}
      <Others title="Development hosts" all={diff.developmentHosts} />
      <Others
        title="Teams of hosts"
        all={diff.teams}
        more={({ after, before }) => `: ${before ?? "none"} → ${after ?? "none"}`}
      />
      <Others
        title="Tests"
        all={diff.tests}
        more={({ after = "", before = "", key }) => <Diff label={`Test ${key}`} before={before} after={after} />}
      />
      {saving !== undefined && (
        <SaveRule
          saving={saving}
          saved={() => setSaving(undefined)}
          close={() => setSaving(undefined)}
        />
      )}
      {missing !== undefined && <BringBack rule={missing} close={() => setMissing(undefined)} />}
    </div>
  )
}

const RestoreOne = ({ from, isToday, restore, rule }: {
  readonly rule: RuleView | undefined
  readonly from: number
  readonly isToday: (rule: RuleView) => boolean
  readonly restore: (rule: RuleView) => void
}) => {
  if (rule === undefined) return null
  if (isToday(rule)) return <p className="quiet-text">Today it is as in version {from} again.</p>
  return (
    <p>
      <Action needs="operator" onClick={() => restore(rule)}>Bring {rule.name} back as in version {from}…</Action>
    </p>
  )
}

/** Hosts, teams or tests that differ. */
const Others = ({ all, more, title }: {
  readonly title: string
  readonly all: ReadonlyArray<Differs<string>>
  /** What each was and is, where its name does not say it all. */
  readonly more?: (one: Differs<string>) => ReactNode
}) =>
  all.length === 0 ? null : (
    <div className="stack history-entry">
      <h4>{title}</h4>
      <ul>
        {all.slice(0, most).map((one) => (
          <li key={one.key}>
            <PlainText>{one.key}</PlainText> {verb(one)}
            {more?.(one)}
          </li>
        ))}
      </ul>
      {all.length > most && <p className="quiet-text">{all.length - most} more are not shown.</p>}
    </div>
  )
