import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { useAsk } from "../../api/query.ts"
import { Action } from "../../parts/Action.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { DiffTable } from "./DiffTable.tsx"
import { RollBack } from "./RollBack.tsx"
import { TakeBack } from "./TakeBack.tsx"
import { type VersionMade, versionsOf } from "./versions.ts"
import "./HistoryList.css"

interface Now {
  readonly epoch: string
  readonly version: number
  readonly items: ReadonlyArray<SettingItem>
}

/** The versions of the settings, the newest first: who, when, why, what; each can be taken back or gone back to. */
export const HistoryList = ({ compare, now, page, setPage, settingKey }: {
  readonly now: Now
  /** Of one setting only. */
  readonly settingKey?: string
  readonly page: number
  readonly setPage: (page: number) => void
  readonly compare: (from: number, to: number) => void
}) => {
  const [asked, setAsked] = useState<{ readonly made: VersionMade; readonly how: "take" | "roll" } | undefined>(
    undefined
  )
  const read = useAsk(
    ["config", "history", settingKey, page, now.version],
    (api) =>
      api.settings.history({
        query: { page, limit: 50, ...(settingKey === undefined ? {} : { key: settingKey }) }
      }),
    { keep: true }
  )
  const unitOf = (key: string) => now.items.find((item) => item.key === key)?.unit ?? ""
  const close = () => setAsked(undefined)
  return (
    <Stale read={read} lines={6}>
      {({ history, pagination }) => (
        <div className="stack">
          {history.length === 0 && <p className="quiet-text">Nothing was ever changed here.</p>}
          <ol className="versions">
            {versionsOf(history).map((made) => (
              <li key={made.version}>
                <div className="version-head">
                  <h3>Version {made.version}</h3>
                  <span>
                    <Time at={made.changedAt} ago /> by {made.changedBy}
                  </span>
                  <span className={made.reason === null ? "quiet-text" : undefined}>
                    {made.reason ?? "no reason given"}
                  </span>
                </div>
                <DiffTable
                  caption={`What version ${made.version} changed`}
                  empty="Nothing."
                  differences={made.changes.map((change) => ({
                    key: change.key,
                    was: change.old_value,
                    becomes: change.new_value,
                    unit: unitOf(change.key),
                    ...(change.is_unset ? { note: "the default again" } : {})
                  }))}
                />
                <div className="row">
                  <Action needs="admin" onClick={() => setAsked({ made, how: "take" })}>Take back…</Action>
                  {made.version < now.version && (
                    <>
                      <Action needs="admin" onClick={() => setAsked({ made, how: "roll" })}>Go back to here…</Action>
                      <button type="button" onClick={() => compare(made.version, now.version)}>Compare with now</button>
                    </>
                  )}
                  <button type="button" onClick={() => compare(made.version - 1, made.version)}>
                    Compare with before
                  </button>
                  {made.correlationId !== null && (
                    <Link to="/audit" search={{ correlation: made.correlationId }}>In the record</Link>
                  )}
                </div>
              </li>
            ))}
          </ol>
          {pagination.pages > 1 && (
            <div className="row">
              <button type="button" disabled={page <= 1} onClick={() => setPage(page - 1)}>Newer</button>
              <span>Page {page} of {pagination.pages}</span>
              <button type="button" disabled={page >= pagination.pages} onClick={() => setPage(page + 1)}>Older</button>
            </div>
          )}
          {asked?.how === "take" && <TakeBack made={asked.made} now={now} close={close} />}
          {asked?.how === "roll" && <RollBack to={asked.made.version} now={now} close={close} />}
        </div>
      )}
    </Stale>
  )
}
