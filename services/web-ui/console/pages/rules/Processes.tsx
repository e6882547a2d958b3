import type { RulesInstance } from "../../../../../src/api/web-ui/RulesAtWork.ts"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { useRuleInstances } from "./useRules.ts"

interface Followed {
  readonly version: number
  readonly followed: boolean
  readonly instances: ReadonlyArray<RulesInstance>
}

const sentence = ({ followed, instances, version }: Followed): string => {
  if (instances.length === 0) return "No alerter runs: nothing is decided."
  if (followed) {
    return instances.length === 1
      ? `The alerter decides by version ${version}.`
      : `All ${instances.length} alerters decide by version ${version}.`
  }
  const behind = instances.filter((one) => one.version !== version || !one.ok).length
  return `${behind} of ${instances.length} alerters ${
    behind === 1 ? "does" : "do"
  } not decide by version ${version} yet.`
}

const unusable = (instances: ReadonlyArray<RulesInstance>): number =>
  instances.reduce((most, one) => Math.max(most, one.unusable), 0)

/** Which alerter decides by which version of the rules. */
export const Processes = ({ open }: { readonly open: boolean }) => {
  const read = useRuleInstances()
  return (
    <Stale read={read} lines={1}>
      {(data) => (
        <details open={open || !data.followed}>
          <summary>
            {data.followed ? <State of="followed" tone="well" /> : <State of="behind" tone="warning" />}{" "}
            {sentence(data)}
            {unusable(data.instances) > 0 && ` ${unusable(data.instances)} rules can't be used.`}
          </summary>
          <div className="table-scroll">
            <table className="rule-table">
              <caption className="visually-hidden">Alerters and their version of the rules</caption>
              <thead>
                <tr>
                  <th scope="col">Alerter</th>
                  <th scope="col" className="number">Version</th>
                  <th scope="col">Since</th>
                  <th scope="col" className="number">Took</th>
                  <th scope="col" className="number">Rules</th>
                  <th scope="col">What is wrong</th>
                </tr>
              </thead>
              <tbody>
                {data.instances.map((one) => (
                  <tr key={one.instance}>
                    <th scope="row">{one.instance}</th>
                    <td className="number">{one.version ?? "none"}</td>
                    <td>
                      <Time ago at={one.since} />
                    </td>
                    <td className="number">{Math.round(one.ms)} ms</td>
                    <td className="number">{one.rules}</td>
                    <td>
                      {one.reason ?? ""}
                      {one.unusable_rules.map(({ field, message, rule_id }) => (
                        <p key={rule_id}>Rule {rule_id}: {field} {message}</p>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </Stale>
  )
}
