import type { FleetProcess } from "../../../../../src/api/web-ui/Fleet.ts"
import type { Fault } from "../../api/fleet.ts"
import { State } from "../../parts/Severity.tsx"
import { durationText, Time } from "../../parts/Time.tsx"
import { Detail } from "../../shell/Page.tsx"
import { buildText, memoryText, rateWords, versionText } from "./words.ts"
import "../../parts/Panel.css"

const badness = { down: 0, degraded: 1, ok: 2 } as const

const Checks = ({ checks }: Pick<FleetProcess, "checks">) => {
  const all = Object.entries(checks).toSorted(([, a], [, b]) => badness[a.state] - badness[b.state])
  if (all.length === 0) return <p className="quiet-text">It tells no checks.</p>
  return (
    <dl className="facts">
      {all.map(([name, { age_ms, detail, required, state }]) => (
        <div key={name} className="key-line">
          <dt>
            {name.replaceAll("_", " ")}
            {!required && <span className="quiet-text">, not needed to work</span>}
          </dt>
          <dd>
            <State of={state} /> {detail}{" "}
            {age_ms !== undefined && age_ms >= 1_000 && (
              <span className="quiet-text">well {durationText(age_ms)} ago</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** All that a process says of itself. */
export const ProcessDetail = ({ close, faults, process }: {
  readonly process: FleetProcess
  readonly faults: ReadonlyArray<Fault>
  readonly close: () => void
}) => {
  const { checked_at, checks, instance, last_seen, program, rules, runtime, settings, started_at, version } = process
  return (
    <Detail title={`${program} ${instance}`} close={close}>
      {faults.length > 0 && (
        <ul>
          {faults.map(({ says, tone }) => (
            <li key={says}>
              <span aria-hidden="true">{tone === "err" ? "▲" : "◆"}</span> {says}
            </li>
          ))}
        </ul>
      )}
      <h3>Checks</h3>
      <Checks checks={checks} />
      <h3>What it runs</h3>
      <dl className="facts">
        <dt>Version</dt>
        <dd>{version ?? "not told"}{runtime === null ? "" : ` on ${runtime}`}</dd>
        <dt>Build</dt>
        <dd>
          <code>{buildText(process)}</code>
        </dd>
        <dt>Up since</dt>
        <dd>
          <Time at={started_at} />
        </dd>
        <dt>Settings</dt>
        <dd>{versionText(settings?.version)}</dd>
        {rules !== null && (
          <>
            <dt>Rules</dt>
            <dd>{versionText(rules.version)}</dd>
          </>
        )}
        {process.silences_version !== null && (
          <>
            <dt>Silences</dt>
            <dd>{versionText(process.silences_version)}</dd>
          </>
        )}
        <dt>Secrets</dt>
        <dd>
          {process.secrets_stale === null
            ? "not told"
            : process.secrets_stale
            ? "those it had; it can't read newer ones"
            : "as in the secret store"}
        </dd>
        <dt>Load</dt>
        <dd>{rateWords(process)}</dd>
        <dt>Memory</dt>
        <dd>{memoryText(process.memory_bytes)}</dd>
        <dt>Checked</dt>
        <dd>
          <Time at={checked_at} ago />
        </dd>
        <dt>Last heard of</dt>
        <dd>
          <Time at={last_seen} ago />
        </dd>
      </dl>
    </Detail>
  )
}
