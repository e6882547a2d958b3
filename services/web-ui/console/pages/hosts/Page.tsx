import { useMemo } from "react"
import { Action } from "../../parts/Action.tsx"
import { Export, inOneGo } from "../../parts/Export.tsx"
import { Tabs } from "../../parts/Tabs.tsx"
import { Page } from "../../shell/Page.tsx"
import { SavedViews } from "../../shell/SavedViews.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { heardColumns, HeardHosts } from "./HeardHosts.tsx"
import { HostDetail } from "./HostDetail.tsx"
import { HostFilters } from "./HostFilters.tsx"
import { HostsImport } from "./HostsImport.tsx"
import { PatternList, usePatternColumns } from "./PatternList.tsx"
import { findPatterns, type Pattern } from "./patterns.ts"
import { search } from "./search.ts"
import { allHosts, exportColumns, useHeardHosts, useHostChanges, usePatterns } from "./useHosts.ts"
import "./hosts.css"

const tabs = [
  { key: "heard", title: "Hosts heard of" },
  { key: "patterns", title: "Patterns" }
] as const

const patternRow = ({ dev, hostname, team }: Pattern) => ({
  hostname,
  environment: dev ? "dev" : null,
  team: team ?? null
})
const patternNames = ["hostname", "environment", "team"] as const

/** Every host heard of, and the names and patterns that say whose it is. */
export const HostsPage = () => {
  const [address, change] = useAddress(search)
  const patterns = usePatterns()
  useHostChanges()
  const { open } = address
  const view = address.view === "patterns" ? "patterns" : "heard"
  const heard = useHeardHosts(address, view === "heard")
  const heardList = useColumns("hosts", heardColumns(heard))
  const patternList = useColumns("patterns", usePatternColumns(view === "patterns"))
  const found = findPatterns(patterns.data ?? [], address)
  const teams = useMemo(
    () => [...new Set((patterns.data ?? []).flatMap(({ team }) => team ?? []))].toSorted(),
    [patterns.data]
  )
  const shortcuts = useMemo(() => [
    { keys: "n", says: "Add a host or pattern", run: () => change({ open: "new" }) }
  ], [change])
  return (
    <Page
      title="Hosts & teams"
      shortcuts={shortcuts}
      detail={open === undefined || patterns.data === undefined ? undefined : (
        <HostDetail
          key={open}
          hostname={open === "new" ? undefined : open}
          patterns={patterns.data}
          teams={teams}
          close={() => change({ open: undefined })}
        />
      )}
      actions={
        <>
          {view === "heard" ? heardList.choice : patternList.choice}
          <SavedViews page="hosts" />
          {view === "heard"
            ? <Export key="hosts" name="hosts" columns={exportColumns} read={allHosts(address)} />
            : <Export key="patterns" name="patterns" columns={patternNames} read={inOneGo(found.map(patternRow))} />}
          <Action needs="operator" onClick={() => change({ import: "1" })}>Import…</Action>
          <Action needs="operator" className="primary" onClick={() => change({ open: "new" })}>
            Add a host or pattern
          </Action>
        </>
      }
    >
      <Tabs
        label="Hosts or patterns"
        tabs={tabs}
        chosen={view}
        choose={(view) => change({ view: view === "heard" ? undefined : view, open: undefined })}
      />
      <HostFilters address={address} change={change} teams={teams} />
      {view === "heard"
        ? <HeardHosts address={address} change={change} columns={heardList.columns} read={heard} />
        : <PatternList address={address} change={change} columns={patternList.columns} read={patterns} />}
      {address.import === "1" && <HostsImport close={() => change({ import: undefined })} />}
    </Page>
  )
}
