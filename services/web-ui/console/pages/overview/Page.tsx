import { useAsk } from "../../api/query.ts"
import { Panel } from "../../parts/Panel.tsx"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Page } from "../../shell/Page.tsx"

export const OverviewPage = () => {
  const books = useAsk(["books"], (api) => api.overview.books(), { every: 5_000 })
  const status = useAsk(["status"], (api) => api.overview.status(), { every: 5_000 })
  return (
    <Page title="Overview">
      <Panel title="Programs">
        <Stale read={status}>
          {({ programs }) => (
            <ul className="stack">
              {programs.map(({ instance, program, state, url }) => (
                <li key={url} className="row">
                  <State of={state} /> {program} <span className="quiet-text">{instance ?? url}</span>
                </li>
              ))}
            </ul>
          )}
        </Stale>
      </Panel>
      <Panel title="Books">
        <Stale read={books}>
          {({ balanced, events }) => (
            <dl className="facts">
              <dt>Balanced</dt>
              <dd>{balanced ? "yes" : "no"}</dd>
              {Object.entries(events).map(([name, count]) => (
                <div key={name} className="key-line">
                  <dt>{name}</dt>
                  <dd>{count}</dd>
                </div>
              ))}
            </dl>
          )}
        </Stale>
      </Panel>
    </Page>
  )
}
