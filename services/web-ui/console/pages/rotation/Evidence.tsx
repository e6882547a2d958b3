import type { RotationInstance, RotationStatus } from "../../../../../src/domain/Rotation.ts"
import { silentAfterMs } from "../../../../../src/logic/rotationBlockers.ts"
import { Mark } from "../../parts/Mark.tsx"
import { Matrix, type MatrixColumn } from "../../parts/Matrix.tsx"
import { State } from "../../parts/Severity.tsx"
import { durationText } from "../../parts/Time.tsx"
import { generationsText, hasOld, slotsIn } from "./track.ts"

type Row = typeof RotationInstance.Type

const nameOf = ({ instance, program }: Row): string => `${program}/${instance}`

/** What each process says that it holds and uses, beside what the server lists of it. */
export const Evidence = ({ status }: { readonly status: RotationStatus }) => {
  const isBlocking = (row: Row) => status.blocks.some(({ who }) => who === nameOf(row))
  const { none, some } = usersOf(status.instances, isBlocking)
  return (
    <div className="stack">
      <Matrix
        caption={`Who holds which value of ${status.secret}, and who uses it`}
        of="Process"
        nameOf={nameOf}
        keyOf={nameOf}
        rows={some}
        empty="No process says that it holds it."
        toneOf={(row) => isBlocking(row) ? "wrong" : undefined}
        columns={[...slotsIn(status).map((slot) => slotColumn(slot, status)), ...columnsOf(status)]}
      />
      {none.length > 0 && <p className="quiet-text">Without use for it: {none.map(nameOf).join(", ")}.</p>}
    </div>
  )
}

/** Those that have to do with a secret, and those that never read it. */
const usersOf = (instances: ReadonlyArray<Row>, isBlocking: (row: Row) => boolean) => {
  const uses = (row: Row) => row.generation !== null || isBlocking(row)
  return { some: instances.filter(uses), none: instances.filter((row) => !uses(row)) }
}

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
      ? <Mark tone="well">{held}</Mark>
      : <Mark tone="warning">another value, {held}</Mark>
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
          ? <Mark tone="err">{durationText(seen_ms)} ago</Mark>
          : `${durationText(seen_ms)} ago`}
        {stale && <Mark tone="warning">cannot read the store</Mark>}
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
            <Mark tone="err">failed</Mark> {proof.detail}
          </>
        )
      }
      return proofDue && connections !== null ? <Mark tone="warning">not yet</Mark> : "–"
    }
  }
]

const Counts = ({ counts, row }: { readonly counts: Readonly<Record<string, number>>; readonly row: Row }) => {
  const text = generationsText(counts)
  if (text === "") return "none"
  return hasOld(counts, row) ? <Mark tone="warning">{text}: old ones</Mark> : text
}
