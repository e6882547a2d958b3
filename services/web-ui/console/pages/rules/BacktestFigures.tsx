import { Link } from "@tanstack/react-router"
import type { BacktestExample, BacktestResult } from "../../../../../src/domain/BacktestResult.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { Severity, State } from "../../parts/Severity.tsx"
import { changeText, differText } from "./backtestWords.ts"

/** What a backtest found: in words, then outcome by outcome with examples. */
export const BacktestFigures = ({ result }: { readonly result: BacktestResult }) => {
  const changed = result.matrix.filter(({ differing }) => differing > 0)
  return (
    <div className="stack">
      <p>
        <strong>{differText(result)}</strong> {changeText(result)}
      </p>
      {result.could_not_know.length > 0 && (
        <ul className="quiet-text">
          {result.could_not_know.map(({ code, detail }) => <li key={code}>{detail}</li>)}
        </ul>
      )}
      <div className="table-scroll">
        <table className="rule-table">
          <caption className="visually-hidden">Outcomes before and after</caption>
          <thead>
            <tr>
              <th scope="col">Saved rules</th>
              <th scope="col">With this rule</th>
              <th scope="col" className="number">Events</th>
              <th scope="col" className="number">Decided otherwise</th>
            </tr>
          </thead>
          <tbody>
            {result.matrix.map(({ count, differing, new: after, old }) => (
              <tr key={old + after}>
                <td>
                  <State of={old} />
                </td>
                <td>
                  <State of={after} />
                </td>
                <td className="number">{count.toLocaleString("en")}</td>
                <td className="number">{differing.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {changed.map(({ differing, examples, new: after, old }) => (
        <details key={old + after} open={changed.length === 1}>
          <summary>
            {old} → {after}: {examples.length} of {differing.toLocaleString("en")}
          </summary>
          <ul className="backtest-examples">{examples.map((one) => <Example key={one.ref} example={one} />)}</ul>
        </details>
      ))}
      <Sides title="By team" rows={result.teams.map(({ team, ...sides }) => ({ name: team, ...sides }))} />
      <Sides title="By host" rows={result.hosts.map(({ hostname, ...sides }) => ({ name: hostname, ...sides }))} />
    </div>
  )
}

const Example = ({ example }: { readonly example: BacktestExample }) => (
  <li>
    <Severity of={example.severity} />{" "}
    <Link to="/events" search={{ open: example.ref }}>
      <PlainText>{example.hostname}</PlainText>
    </Link>{" "}
    <PlainText>{example.message}</PlainText>
    <p className="quiet-text">
      {example.old.rule ?? "no rule"} ({example.old.handling ?? example.old.outcome}, {example.old.team}) →{" "}
      {example.new.rule ?? "no rule"} ({example.new.handling ?? example.new.outcome}, {example.new.team})
    </p>
  </li>
)

interface Side {
  readonly name: string
  readonly old: { readonly alerts: number; readonly pages: number }
  readonly new: { readonly alerts: number; readonly pages: number }
}

const shown = 10

/** Those whose alerts or pages change. */
const Sides = ({ rows, title }: { readonly title: string; readonly rows: ReadonlyArray<Side> }) => {
  const changed = rows.filter(({ new: after, old }) => after.alerts !== old.alerts || after.pages !== old.pages)
  if (changed.length === 0) return null
  return (
    <details>
      <summary>{title}: {changed.length} change</summary>
      <div className="table-scroll">
        <table className="rule-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" className="number">Alerts</th>
              <th scope="col" className="number">Pages</th>
            </tr>
          </thead>
          <tbody>
            {changed.slice(0, shown).map(({ name, new: after, old }) => (
              <tr key={name}>
                <th scope="row">
                  <PlainText>{name}</PlainText>
                </th>
                <td className="number">{old.alerts} → {after.alerts}</td>
                <td className="number">{old.pages} → {after.pages}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
