import { useEffect, useMemo, useRef, useState } from "react"
import { useDraft } from "../../api/Drafts.ts"
import { useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"
import { Action } from "../../parts/Action.tsx"
import { Export, inOneGo } from "../../parts/Export.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { comparedIn } from "../../shell/compared.ts"
import { Page } from "../../shell/Page.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { Compare } from "./Compare.tsx"
import { brokenTogether, changesOf, emptyDraft, isSettingsDraft, keepMine, withEdit, withoutEdit } from "./edits.ts"
import { exportColumns, exportRows, facts } from "./facts.ts"
import { HistoryList } from "./HistoryList.tsx"
import { Review } from "./Review.tsx"
import { Rollout, useInstances } from "./Rollout.tsx"
import { search } from "./search.ts"
import { SettingDetail } from "./SettingDetail.tsx"
import { SettingFilter } from "./SettingFilter.tsx"
import { SettingList } from "./SettingList.tsx"
import "./Page.css"

/** What settings every process runs by, and a way to change several as one version. */
export const SettingsPage = () => {
  const [address, change] = useAddress(search)
  const draft = useDraft("settings", emptyDraft, isSettingsDraft)
  const [reviewing, setReviewing] = useState(false)
  const processes = useRef<HTMLDivElement>(null)
  const told = useTold("config")
  const read = useAsk(["config", "list"], (api) => api.settings.list({}), { every: 30_000 })
  useEffect(() => {
    if (told !== undefined) void queries.invalidateQueries({ queryKey: ["config"] })
  }, [told])
  const instances = useInstances(read.data)

  const { choice, columns } = useColumns("settings", facts)
  const { edits, reason } = draft.value
  const setEdits = (next: typeof edits) => draft.set({ ...draft.value, edits: next })
  const items = read.data?.items ?? []
  const changes = changesOf(items, edits)
  const canReview = changes.length > 0 && read.data?.source === "ledger"
  const shortcuts = useMemo(
    () => [{ keys: "Ctrl+s", says: "Review the changed settings", run: () => setReviewing(canReview) }],
    [canReview]
  )
  const compared = comparedIn(address.compare)
  const compare = (from: number, to: number) => change({ compare: `${from}..${to}`, view: "history" })
  const take = (item: { readonly key: string }) => setEdits(withoutEdit(edits, item.key))
  const keep = (item: (typeof items)[number]) => setEdits(keepMine(edits, item))
  const open = items.find(({ key }) => key === address.open)
  const history = address.view === "history"

  return (
    <Page
      title="Settings"
      shortcuts={shortcuts}
      actions={
        <>
          <button
            type="button"
            aria-pressed={history}
            onClick={() => change({ view: history ? undefined : "history", compare: undefined, page: undefined })}
          >
            History
          </button>
          {!history && choice}
          {!history && <Export name="settings" columns={exportColumns} read={inOneGo(exportRows(items, address))} />}
          {draft.changed && <button type="button" onClick={draft.drop}>Give up the draft</button>}
          <Action needs="admin" className="primary" disabled={!canReview} onClick={() => setReviewing(true)}>
            {changes.length === 0 ? "Nothing changed" : `Review ${changes.length}`} <kbd>Ctrl S</kbd>
          </Action>
        </>
      }
      detail={open === undefined || read.data === undefined ? undefined : (
        <SettingDetail
          item={open}
          now={read.data}
          compare={(from, to) => change({ compare: `${from}..${to}`, view: "history", open: undefined })}
          close={() => change({ open: undefined })}
        />
      )}
    >
      <Stale read={read} lines={12}>
        {(now) => (
          <div className="stack">
            {now.source === "snapshot" && (
              <p className="stale-note" role="status">
                PostgreSQL does not answer. These are the values in force; nothing can be changed until it does.
              </p>
            )}
            <div ref={processes}>
              <Rollout newest={now} read={instances} />
            </div>
            {compared !== undefined && (
              <Compare
                from={compared[0]}
                to={compared[1]}
                newest={now.version}
                items={now.items}
                set={(from, to) => change({ compare: `${from}..${to}` }, { replace: true })}
                close={() => change({ compare: undefined })}
              />
            )}
            {history
              ? (
                <HistoryList
                  now={now}
                  page={Math.max(1, Number.parseInt(address.page ?? "1", 10) || 1)}
                  setPage={(page) => change({ page: page === 1 ? undefined : String(page) })}
                  compare={compare}
                />
              )
              : (
                <>
                  <SettingFilter address={address} change={change} items={now.items} />
                  <SettingList
                    items={now.items}
                    address={address}
                    edits={edits}
                    changes={changes}
                    shown={new Set(columns.map(({ key }) => key))}
                    actions={{
                      type: (item, text) => setEdits(withEdit(edits, item, text)),
                      take,
                      keep,
                      open: (key) => change({ open: key })
                    }}
                    widen={() => change({ set: undefined, program: undefined, text: undefined })}
                  />
                </>
              )}
            {reviewing && (
              <Review
                changes={changes}
                broken={brokenTogether(now.items, changes)}
                instances={instances.data?.instances ?? []}
                seen={now}
                reason={reason}
                setReason={(text) => draft.set({ ...draft.value, reason: text })}
                take={take}
                keep={keep}
                close={() => setReviewing(false)}
                done={() => {
                  draft.drop()
                  setReviewing(false)
                  // How the change arrives is what one wants to see next.
                  processes.current?.scrollIntoView({ block: "nearest" })
                }}
              />
            )}
          </div>
        )}
      </Stale>
    </Page>
  )
}
