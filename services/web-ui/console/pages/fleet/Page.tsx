import type { Fleet, FleetProcess } from "../../../../../src/api/web-ui/Fleet.ts"
import { Program } from "../../../../../src/domain/Settings.ts"
import { type Fault, faultsOf, isReady } from "../../api/fleet.ts"
import { useFleet } from "../../api/useFleet.ts"
import { Export, inOneGo } from "../../parts/Export.tsx"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Page } from "../../shell/Page.tsx"
import { SavedViews } from "../../shell/SavedViews.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { Builds } from "./Builds.tsx"
import { ProcessDetail } from "./ProcessDetail.tsx"
import { search } from "./search.ts"
import { memoryText, rateWords, versionsText } from "./words.ts"
import "./Page.css"

interface Row {
  readonly process: FleetProcess
  readonly faults: ReadonlyArray<Fault>
}

const keyOf = ({ process: { instance, program } }: Row): string => `${program}/${instance}`

const columns: ReadonlyArray<Column<Row>> = [
  { key: "state", title: "State", width: "104px", cell: ({ process }) => <State of={process.state ?? "not told"} /> },
  {
    key: "program",
    title: "Program",
    width: "minmax(200px, 1fr)",
    first: true,
    cell: ({ process }) => (
      <>
        {process.program} <span className="quiet-text">{process.instance}</span>
      </>
    )
  },
  {
    key: "wrong",
    title: "What is wrong",
    width: "minmax(160px, 2fr)",
    cell: ({ faults }) => faults.length === 0 ? "" : faults.map(({ says }) => says).join("; ")
  },
  {
    key: "versions",
    title: "Runs",
    width: "220px",
    cell: ({ process }) => versionsText(process)
  },
  { key: "rate", title: "Load", width: "130px", align: "end", cell: ({ process }) => rateWords(process) },
  {
    key: "memory",
    title: "Memory",
    width: "84px",
    align: "end",
    cell: ({ process }) => memoryText(process.memory_bytes)
  },
  { key: "up", title: "Up since", width: "150px", cell: ({ process }) => <Time at={process.started_at} /> }
]

const exportRow = ({ faults, process }: Row) => ({
  program: process.program,
  instance: process.instance,
  state: process.state,
  wrong: faults.map(({ says }) => says).join("; "),
  version: process.version,
  runtime: process.runtime,
  settings_version: process.settings?.version ?? null,
  rules_version: process.rules?.version ?? null,
  silences_version: process.silences_version,
  secrets_stale: process.secrets_stale,
  events_per_second: process.events_per_second,
  memory_bytes: process.memory_bytes,
  started_at: process.started_at,
  last_seen: process.last_seen
})

const exportColumns = [
  "program",
  "instance",
  "state",
  "wrong",
  "version",
  "runtime",
  "settings_version",
  "rules_version",
  "silences_version",
  "secrets_stale",
  "events_per_second",
  "memory_bytes",
  "started_at",
  "last_seen"
] as const satisfies ReadonlyArray<keyof ReturnType<typeof exportRow>>

const badness = ({ faults, process }: Row): number =>
  isReady(process) ? (faults[0] === undefined ? 3 : faults[0].tone === "err" ? 1 : 2) : 0

/** The processes, those with something wrong first. */
const rowsOf = (fleet: Fleet): ReadonlyArray<Row> => {
  const faults = faultsOf(fleet)
  return fleet.processes.map((process) => ({ process, faults: faults(process) }))
    .toSorted((a, b) => badness(a) - badness(b))
}

const summary = (rows: ReadonlyArray<Row>): string => {
  const wrong = rows.filter((row) => badness(row) < 3).length
  const all = rows.length === 1 ? "1 process" : `${rows.length} processes`
  return wrong === 0 ? `${all}, all well.` : `${all}, ${wrong} with something wrong.`
}

/** Which process is behind, stale or silent? */
export const FleetPage = () => {
  const [{ open, program, state }, change] = useAddress(search)
  const read = useFleet()
  const rows = read.data === undefined ? [] : rowsOf(read.data)
  const opened = rows.find(({ process }) => process.instance === open)
  const { choice, columns: chosen } = useColumns("fleet", columns)
  const shown = rows.filter((row) =>
    (program === undefined || row.process.program === program) && (state !== "wrong" || badness(row) < 3)
  )
  return (
    <Page
      title="Fleet"
      detail={opened === undefined ? null : <ProcessDetail {...opened} close={() => change({ open: undefined })} />}
      actions={
        <>
          {choice}
          <SavedViews page="fleet" />
          <Export name="fleet" columns={exportColumns} read={inOneGo(shown.map(exportRow))} />
          <label className="row">
            Program
            <select
              value={program ?? ""}
              onChange={(event) => change({ program: event.target.value === "" ? undefined : event.target.value })}
            >
              <option value="">all</option>
              {Program.literals.map((name) => <option key={name}>{name}</option>)}
            </select>
          </label>
          <label className="row">
            <input
              type="checkbox"
              checked={state === "wrong"}
              onChange={(event) => change({ state: event.target.checked ? "wrong" : undefined })}
            />
            Only what is wrong
          </label>
        </>
      }
    >
      <Stale read={read} lines={6}>
        {({ addresses, reports_unavailable }) => (
          <div className="fleet">
            <p role="status">{summary(rows)}</p>
            {reports_unavailable !== null && (
              <p className="fleet-note">
                <State of="partial" tone="warning" /> {reports_unavailable}{" "}
                Only processes are listed that answer at an address.
              </p>
            )}
            {addresses.length > 0 && (
              <ul className="fleet-note">
                {addresses.map((address) => (
                  <li key={address.url}>
                    <State of="unreachable" /> {address.program} at <code>{address.url}</code>
                  </li>
                ))}
              </ul>
            )}
            <div className="fleet-list">
              <Grid
                label="Processes"
                columns={chosen}
                rows={shown}
                keyOf={keyOf}
                open={opened === undefined ? undefined : keyOf(opened)}
                onOpen={({ process }) => change({ open: process.instance })}
                empty={rows.length === 0
                  ? "No process reports."
                  : (
                    <>
                      No process{program === undefined ? "" : ` of ${program}`}
                      {state === "wrong" ? " has anything wrong" : ""}.{" "}
                      <button type="button" onClick={() => change({ program: undefined, state: undefined })}>
                        Show all
                      </button>
                    </>
                  )}
              />
            </div>
            <Builds processes={rows.map(({ process }) => process)} />
          </div>
        )}
      </Stale>
    </Page>
  )
}
