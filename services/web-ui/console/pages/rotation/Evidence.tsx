import type { RotationInstance, RotationStatus } from "../../../../../src/domain/Rotation.ts"
import { silentAfterMs } from "../../../../../src/logic/rotationBlockers.ts"
import { Matrix, type MatrixColumn } from "../../parts/Matrix.tsx"
import { State } from "../../parts/Severity.tsx"
import { durationText } from "../../parts/Time.tsx"
import { generationsText, hasOld, slotsIn } from "./track.ts"

type Row = typeof RotationInstance.Type

const nameOf = ({ instance, program }: Row): string => `${program}/${instance}`

/** What each process says that it holds and uses, beside what the server lists of it. */
export const Evidence = ({ status }: { readonly status: RotationStatus }) => (
  <Matrix
    caption={`Who holds which value of ${status.secret}, and who uses it`}
    of="Process"
    nameOf={nameOf}
    keyOf={nameOf}
    rows={status.instances}
    empty="No process says what it holds."
    toneOf={(row) => status.blocks.some(({ who }) => who === nameOf(row)) ? "wrong" : undefined}
    columns={[...slotsIn(status).map((slot) => slotColumn(slot, status)), ...columnsOf(status)]}
  />
)

const slotColumn = (slot: string, { slots }: RotationStatus): MatrixColumn<Row> => ({
  key: slot,
  title: slot,
  cell: (row) => {
    const held = row.slots[slot]
    // PREVIOUS waits in the store; no process reads it.
    if (held === undefined) {
      return <span className="quiet-text">{slots[slot] === undefined || slot === "PREVIOUS" ? "–" : "not held"}</span>
    }
    return held === slots[slot]
      ? <State of={`held ${held}`} tone="well" />
      : <State of={`another value ${held}`} tone="warning" />
  }
})

const columnsOf = ({ kind, next_step }: RotationStatus): ReadonlyArray<MatrixColumn<Row>> => [
  ...(kind === "key" ? [] : serverColumns(next_step === "verify")),
  {
    key: "seen",
    title: "Said so",
    cell: ({ seen_ms, stale }) => (
      <>
        {seen_ms > silentAfterMs
          ? <State of={`${durationText(seen_ms)} ago`} tone="err" />
          : `${durationText(seen_ms)} ago`}
        {stale && <State of="cannot read the store" tone="warning" />}
      </>
    )
  }
]

const serverColumns = (proofDue: boolean): ReadonlyArray<MatrixColumn<Row>> => [
  {
    key: "connections",
    title: "Connections, by its word",
    cell: (row) => row.connections === null ? "opens none" : <Counts counts={row.connections} row={row} />
  },
  {
    key: "sessions",
    title: "Sessions, by the server's",
    cell: (row) => <Counts counts={row.sessions} row={row} />
  },
  {
    key: "proof",
    title: "Login with NEXT",
    cell: ({ connections, proof }) => {
      if (proof !== null) {
        return proof.ok ? <State of="ok" /> : (
          <>
            <State of="failed" tone="err" /> {proof.detail}
          </>
        )
      }
      return proofDue && connections !== null ? <State of="not yet" tone="warning" /> : "–"
    }
  }
]

const Counts = ({ counts, row }: { readonly counts: Readonly<Record<string, number>>; readonly row: Row }) => {
  const text = generationsText(counts)
  if (text === "") return "none"
  return hasOld(counts, row) ? <State of={`${text}: old ones`} tone="warning" /> : text
}
