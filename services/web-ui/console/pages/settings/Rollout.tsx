import { useEffect, useState } from "react"
import type { InstanceItem } from "../../../../../src/api/web-ui/Settings.ts"
import { useAsk } from "../../api/query.ts"
import { Mark } from "../../parts/Mark.tsx"
import { Matrix, type MatrixColumn } from "../../parts/Matrix.tsx"
import { Panel } from "../../parts/Panel.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { agoText } from "../../parts/Time.tsx"
import { followingOf, processOf, rolloutWords, type Seen, versionsIn, withSeen } from "./rollout.ts"

interface Newest {
  readonly epoch: string
  readonly version: number
}

const calmMs = 10_000
const closelyMs = 400

/** Which process runs which version: asked for closely as long as one is on the way. */
export const useInstances = (newest: Newest | undefined) => {
  const [closely, setClosely] = useState(false)
  const read = useAsk(["config", "instances"], (api) => api.settings.instances({}), {
    every: closely ? closelyMs : calmMs
  })
  const instances = read.data?.instances
  useEffect(() => {
    if (newest === undefined || instances === undefined) return
    setClosely(instances.some((one) => followingOf(one, newest) === "waiting"))
  }, [instances, newest?.epoch, newest?.version])
  return read
}

/** Each process and the versions that it came to run while somebody watched, with the time that it took. */
export const Rollout = ({ newest, read }: {
  readonly newest: Newest
  readonly read: ReturnType<typeof useInstances>
}) => {
  const [seen, setSeen] = useState<Seen>(new Map())
  const instances = read.data?.instances
  useEffect(() => {
    if (instances !== undefined) setSeen((before) => withSeen(before, instances))
  }, [instances])
  return (
    <Panel title="Processes">
      <p className="visually-hidden" role="status">{instances && rolloutWords(instances, newest)}</p>
      <Stale read={read}>
        {({ instances }) => {
          const behind = instances.some((one) => followingOf(one, newest) !== "runs")
          const words = rolloutWords(instances, newest)
          const table = (
            <Matrix
              caption="Processes and the versions of the settings that they run"
              of="Process"
              nameOf={processOf}
              keyOf={processOf}
              columns={columnsOf(seen, newest)}
              rows={instances}
              empty="No process says what it runs: Redis may be away."
              toneOf={(one) => toneOf[followingOf(one, newest)]}
            />
          )
          return behind || seen.size === 0
            ? (
              <div className="stack">
                <p>{words}</p>
                {table}
              </div>
            )
            : (
              <details open={versionsIn(seen, newest.version).length > 1}>
                <summary>{words}</summary>
                {table}
              </details>
            )
        }}
      </Stale>
    </Panel>
  )
}

const toneOf = { runs: undefined, waiting: "waiting", refused: "wrong" } as const

const columnsOf = (seen: Seen, newest: Newest): ReadonlyArray<MatrixColumn<InstanceItem>> => [
  ...versionsIn(seen, newest.version).map((version): MatrixColumn<InstanceItem> => ({
    key: String(version),
    title: `Version ${version}`,
    cell: (row) => <Ran one={seen.get(processOf(row))?.get(version)} late={version === newest.version} />
  })),
  { key: "seen", title: "Seen", cell: ({ seen }) => agoText(seen) }
]

const Ran = ({ late, one }: { readonly one: InstanceItem | undefined; readonly late: boolean }) => {
  if (one === undefined) {
    return late
      ? <Mark tone="warning">on its way</Mark>
      : <span className="quiet-text">–</span>
  }
  if (!one.ok) {
    return (
      <>
        <Mark tone="err">refused</Mark> {one.reason}
      </>
    )
  }
  return <Mark tone="well">{one.ms < 10 ? one.ms.toFixed(1) : Math.round(one.ms)} ms</Mark>
}
