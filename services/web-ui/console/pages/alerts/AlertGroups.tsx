import type { ReactNode } from "react"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { countAt, places } from "./alertFilters.ts"
import type { useGroups } from "./useAlerts.ts"
import "./AlertGroups.css"

type Groups = NonNullable<ReturnType<typeof useGroups>["data"]>
type Group = Groups["groups"][number]

const columnsOf = (title: string): ReadonlyArray<Column<Group>> => [
  {
    key: "key",
    title,
    width: "minmax(200px, 1fr)",
    first: true,
    cell: ({ key }) => key === null ? <span className="quiet-text">not known</span> : <PlainText>{key}</PlainText>
  },
  ...places.map((place): Column<Group> => ({
    key: place.key,
    title: place.title,
    width: "90px",
    align: "end",
    cell: ({ states }) => countAt(place, states).toLocaleString("en")
  })),
  { key: "count", title: "Together", width: "90px", align: "end", cell: ({ count }) => count.toLocaleString("en") }
]

/** Alerts of one signature or host together, the largest group first. */
export const AlertGroups = ({ by, empty, onOpen, read }: {
  readonly by: "signature" | "host"
  readonly read: ReturnType<typeof useGroups>
  readonly onOpen: (key: string) => void
  readonly empty: ReactNode
}) => (
  <Stale read={read} lines={8}>
    {({ exact, groups, omitted, total }) => (
      <>
        <div className="group-list">
          <Grid
            label={`Alerts by ${by}`}
            columns={columnsOf(by === "host" ? "Host" : "Signature")}
            rows={groups}
            keyOf={({ key }) => key ?? "–"}
            onOpen={({ key }) => {
              if (key !== null) onOpen(key)
            }}
            empty={empty}
          />
        </div>
        <p className="list-line quiet-text">
          {total.toLocaleString("en")} alerts, the largest group first.
          {omitted > 0 && ` ${omitted.toLocaleString("en")} smaller groups are left out.`}
          {!exact && " Not all were looked at: there are too many."}
        </p>
      </>
    )}
  </Stale>
)
