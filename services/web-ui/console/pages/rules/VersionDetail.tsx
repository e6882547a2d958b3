import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { useAsk } from "../../api/query.ts"
import { Action } from "../../parts/Action.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { VersionField } from "../../parts/VersionField.tsx"
import { comparedIn } from "../../shell/compared.ts"
import { Detail } from "../../shell/Page.tsx"
import { GoBack } from "./GoBack.tsx"
import { ruleSetDiff } from "./ruleSetDiff.ts"
import { RuleSetDifferences } from "./RuleSetDifferences.tsx"
import { type ChangeSearch, type Search, versionIn } from "./search.ts"
import { useRuleInstances } from "./useRules.ts"
import { versionRows } from "./versionRows.ts"

/** One version: who made it and when it was in force, what differs from another one, and the way back to it. */
export const VersionDetail = ({ address, change, rules }: {
  readonly address: Search
  readonly change: ChangeSearch
  readonly rules: ReadonlyArray<RuleView>
}) => {
  const version = versionIn(address.version)
  const newest = useRuleInstances()
  const close = () => change({ version: undefined, compare: undefined })
  return (
    <Detail title={`Version ${address.version}`} close={close}>
      {version === undefined ? <p role="alert">That is no version.</p> : (
        <div className="stack">
          <Made version={version} />
          <Stale read={newest}>
            {(now) => (
              <Beside
                version={version}
                newest={now.version}
                compared={comparedIn(address.compare) ?? [version - 1, version]}
                compare={(from, to) => change({ compare: `${from}..${to}` }, { replace: true })}
                rules={rules}
              />
            )}
          </Stale>
        </div>
      )}
    </Detail>
  )
}

const Beside = ({ compare, compared: [from, to], newest, rules, version }: {
  readonly version: number
  /** The one in force. */
  readonly newest: number
  readonly rules: ReadonlyArray<RuleView>
  /** Which two are beside each other. */
  readonly compared: readonly [from: number, to: number]
  readonly compare: (from: number, to: number) => void
}) => {
  const [goingBack, setGoingBack] = useState(false)
  return (
    <div className="stack">
      <div className="row">
        {version !== newest && (
          <>
            <Action needs="operator" onClick={() => setGoingBack(true)}>Go back to version {version}…</Action>
            <button type="button" onClick={() => compare(version, newest)}>Compare with now</button>
          </>
        )}
        {version > 1 && (
          <button type="button" onClick={() => compare(version - 1, version)}>
            Compare with before
          </button>
        )}
      </div>
      <h3>From version {from} to {to === newest ? `${to}, which is in force` : to}</h3>
      <div className="row">
        <VersionField label="From version" value={from} most={newest} set={(chosen) => compare(chosen, to)} />
        <VersionField label="To version" value={to} most={newest} set={(chosen) => compare(from, chosen)} />
      </div>
      {from < 1 || to < 1
        ? <p className="quiet-text">It is the first that is known.</p>
        : <Compared from={from} to={to} rules={rules} />}
      {goingBack && <GoBack to={version} newest={newest} close={() => setGoingBack(false)} />}
    </div>
  )
}

/** Who made it, why, and from when to when it was in force. */
const Made = ({ version }: { readonly version: number }) => {
  const read = useAsk(
    ["rule-versions", "made", version],
    (api) => api.ruleVersions.list({ query: { limit: 2, cursor: String(version + 2) } })
  )
  return (
    <Stale read={read} lines={3}>
      {({ versions }) => {
        const next = versions.find((one) => one.version === version + 1)
        const [made] = versionRows(versions.filter((one) => one.version === version), next)
        if (made === undefined) return <p role="alert">There is no version {version} of the rules.</p>
        return (
          <dl className="facts">
            <dt>In force</dt>
            <dd>
              from <Time at={made.changed_at} /> {made.until === undefined ? "on, now too" : (
                <>
                  to <Time at={made.until} />
                </>
              )}
            </dd>
            <dt>Made by</dt>
            <dd>{made.changed_by ?? "nobody known"}</dd>
            <dt>Why</dt>
            <dd>{made.reason === null ? "no reason given" : <PlainText>{made.reason}</PlainText>}</dd>
            {made.correlation_id !== null && (
              <>
                <dt>Record</dt>
                <dd>
                  <Link to="/audit" search={{ correlation: made.correlation_id }}>its entries</Link>
                </dd>
              </>
            )}
          </dl>
        )
      }}
    </Stale>
  )
}

/** A version never changes: it is asked for once. */
const useRulesOf = (version: number) =>
  useAsk(["rule-set-at", version], (api) => api.ruleVersions.get({ params: { version } }))

const Compared = ({ from, rules, to }: {
  readonly from: number
  readonly to: number
  readonly rules: ReadonlyArray<RuleView>
}) => {
  const before = useRulesOf(from)
  const after = useRulesOf(to)
  return (
    <Stale read={before} lines={6}>
      {(old) => (
        <Stale read={after} lines={6}>
          {(young) => <RuleSetDifferences diff={ruleSetDiff(old, young)} from={from} rules={rules} />}
        </Stale>
      )}
    </Stale>
  )
}
