import type { LintFinding } from "../../../../../src/domain/LintFinding.ts"
import { useAsk } from "../../api/query.ts"
import { Panel } from "../../parts/Panel.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"

/** Newest recorded events that the rules are held against. */
const sample = 2_000
const most = 100

/** What could be wrong with the saved rules, by themselves and by recorded events. */
export const Findings = ({ close }: { readonly close: () => void }) => {
  const read = useAsk(["rules", "lint"], (api) => api.rulesAtWork.lint({ payload: { sample } }))
  return (
    <Panel title="Check of the rules" actions={<button type="button" onClick={close}>Close</button>}>
      <Stale read={read}>
        {({ failed_tests, findings, sampled }) => (
          <div className="stack">
            <p>
              {findings.length === 0 && failed_tests.length === 0
                ? "Nothing is wrong"
                : `${findings.length} findings, ${failed_tests.length} failed tests`}; looked at {sampled}{" "}
              recorded events.
            </p>
            {failed_tests.map(({ failures, name }) => (
              <p key={name}>
                <State of="test fails" tone="err" /> {name}: {failures.map(({ why }) => why).join(" ")}
              </p>
            ))}
            <ul className="stack">
              {worstFirst(findings).slice(0, most).map((finding) => (
                <li key={finding.code + finding.rule + (finding.other ?? "")}>
                  <State of={finding.code} tone={finding.level === "error" ? "err" : "warning"} />{" "}
                  <strong>{finding.rule}</strong> {finding.message}{" "}
                  {finding.proof !== "" && <PlainText>{finding.proof}</PlainText>}
                </li>
              ))}
            </ul>
            {findings.length > most && <p>And {findings.length - most} more.</p>}
          </div>
        )}
      </Stale>
    </Panel>
  )
}

const worstFirst = (findings: ReadonlyArray<LintFinding>): ReadonlyArray<LintFinding> =>
  findings.toSorted((a, b) => Number(b.level === "error") - Number(a.level === "error"))
