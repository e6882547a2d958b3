import { useMemo } from "react"
import { troubleOf } from "../../api/problems.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { Export, inOneGo } from "../../parts/Export.tsx"
import { Grid } from "../../parts/Grid.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Tabs } from "../../parts/Tabs.tsx"
import { notify } from "../../shell/Notices.tsx"
import { Page } from "../../shell/Page.tsx"
import { SavedViews } from "../../shell/SavedViews.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { Findings } from "./Findings.tsx"
import { moveRule } from "./moveRule.ts"
import { Processes } from "./Processes.tsx"
import { ruleColumns } from "./ruleColumns.tsx"
import { RuleDetail } from "./RuleDetail.tsx"
import { RuleFilters } from "./RuleFilters.tsx"
import { exportColumns, exportRow, findRules, headline, type RuleRow, ruleRows } from "./ruleRows.ts"
import { RulesImport } from "./RulesImport.tsx"
import { RuleVersions } from "./RuleVersions.tsx"
import { reorder } from "./saveRule.ts"
import { search } from "./search.ts"
import { useRules, useRuleStats } from "./useRules.ts"
import { VersionDetail } from "./VersionDetail.tsx"
import "./rules.css"

const tabs = [{ key: "rules", title: "Rules" }, { key: "versions", title: "Versions" }] as const
const noVersion = { version: undefined, compare: undefined, before: undefined }

const noRows: ReadonlyArray<RuleRow> = []
const noFilter = { q: undefined, active: undefined, team: undefined, type: undefined, unused: undefined }

export const RulesPage = () => {
  const [address, change] = useAddress(search)
  const read = useRules()
  const stats = useRuleStats()
  const may = useMay("operator")
  const rules = read.data
  const rows = useMemo(() => rules === undefined ? noRows : ruleRows(rules, stats.data ?? []), [rules, stats.data])
  const found = findRules(rows, address)
  const { choice, columns } = useColumns("rules", ruleColumns)
  const teams = useMemo(
    () => [...new Set(rows.map(({ rule }) => rule.team_assignment))].toSorted(),
    [rows]
  )
  const versions = address.view === "versions"
  // An event to make a rule of opens a new one.
  const open = address.open ?? (address.draft === undefined ? undefined : "new")
  const opened = rules?.find(({ id }) => String(id) === open)
  const at = found.findIndex(({ rule }) => rule.id === opened?.id)

  const move = (step: -1 | 1) => {
    const here = found[at]?.rule
    const beside = found[at + step]?.rule
    if (!may || rules === undefined || here === undefined || beside === undefined) return
    const priorities = moveRule(rules, here.id, step < 0 ? { before: beside.id } : { after: beside.id })
    if (priorities === undefined) return notify("There is no priority left between these rules.", { tone: "err" })
    reorder(rules, priorities, here).catch((error: unknown) =>
      notify(`Not moved: ${troubleOf(error).detail}`, { tone: "err" })
    )
  }
  const add = () => change({ ...noVersion, view: undefined, open: "new", tab: undefined, draft: undefined })
  const shortcuts = useMemo(() => [
    { keys: "n", says: "New rule", run: add },
    { keys: "Alt+ArrowUp", says: "Move the open rule up", run: () => move(-1) },
    { keys: "Alt+ArrowDown", says: "Move the open rule down", run: () => move(1) }
  ], [found, may, opened])

  const detail = rules === undefined
    ? undefined
    : versions
    ? address.version !== undefined && <VersionDetail rules={rules} address={address} change={change} />
    : (opened !== undefined || open === "new") &&
      <RuleDetail rule={opened ?? null} rules={rules} address={address} change={change} />
  return (
    <Page
      title="Rules"
      shortcuts={shortcuts}
      detail={detail}
      actions={
        <>
          <SavedViews page="rules" />
          {!versions && (
            <>
              {choice}
              <Export name="rules" columns={exportColumns} read={inOneGo(found.map(exportRow))} />
              <Action needs="operator" disabled={at < 1} onClick={() => move(-1)}>Move up</Action>
              <Action needs="operator" disabled={at < 0 || at >= found.length - 1} onClick={() => move(1)}>
                Move down
              </Action>
              <button type="button" onClick={() => change({ view: "findings" })}>Check</button>
              <Action needs="operator" onClick={() => change({ view: "import" })}>Import…</Action>
              <Action needs="operator" className="primary" onClick={add}>New rule</Action>
            </>
          )}
        </>
      }
    >
      <Processes open={address.view === "processes"} />
      {address.view === "findings" && <Findings close={() => change({ view: undefined })} />}
      {address.view === "import" && <RulesImport close={() => change({ view: undefined })} />}
      <Tabs
        label="Rules or their versions"
        tabs={tabs}
        chosen={versions ? "versions" : "rules"}
        choose={(key) =>
          change({ ...noVersion, view: key === "versions" ? key : undefined, open: undefined, tab: undefined })}
      />
      {versions ?
        <RuleVersions address={address} change={change} /> :
        (
          <>
            <RuleFilters address={address} change={change} teams={teams} />
            <Stale read={read} lines={10}>{() => <p role="status">{headline(rows)}</p>}</Stale>
            {rules !== undefined && (
              <div className="page-list">
                <Grid
                  label="Rules in deciding order"
                  columns={columns}
                  rows={found}
                  keyOf={({ rule }) => String(rule.id)}
                  open={open}
                  onOpen={({ rule }) => change({ open: String(rule.id), tab: undefined, draft: undefined })}
                  toneOf={({ rule }) => rule.is_active ? undefined : "rule-off"}
                  empty={rows.length === 0
                    ? "There are no rules: every event is stored as unmatched."
                    : <NothingFound all={() => change(noFilter)} />}
                />
              </div>
            )}
          </>
        )}
      {!versions && open !== undefined && open !== "new" && rules !== undefined && opened === undefined && (
        <p role="alert">There is no rule {open} any more.</p>
      )}
    </Page>
  )
}

const NothingFound = ({ all }: { readonly all: () => void }) => (
  <>
    No rule is like this. <button type="button" onClick={all}>Show all rules</button>
  </>
)
