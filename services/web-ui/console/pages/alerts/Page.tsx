import { useState } from "react"
import { troubleOf } from "../../api/problems.ts"
import { Export } from "../../parts/Export.tsx"
import { FilterBar } from "../../parts/FilterBar.tsx"
import { Grid } from "../../parts/Grid.tsx"
import { Time } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { Page } from "../../shell/Page.tsx"
import { SavedViews } from "../../shell/SavedViews.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { AlertDetail } from "./AlertDetail.tsx"
import {
  canRetry,
  countAt,
  countWords,
  filterFields,
  filterOf,
  places,
  placesOf,
  sumStates,
  togglePlace
} from "./alertFilters.ts"
import { AlertGroups } from "./AlertGroups.tsx"
import { alertColumns, besideDetail, usualColumns } from "./columns.tsx"
import { RetryNow } from "./RetryNow.tsx"
import { search } from "./search.ts"
import { allAlerts, exportColumns, useAlerts, useGroups, useMoved } from "./useAlerts.ts"

const nothing: ReadonlySet<string> = new Set()
const nextGroup: Readonly<Record<string, string | undefined>> = {
  none: "signature",
  signature: "host",
  host: undefined
}

/** Alerts wherever they are: on the way, parked, dead, delivered. */
export const AlertsPage = () => {
  const [address, change] = useAddress(search)
  const by = address.group === "host" || address.group === "signature" ? address.group : undefined
  const { read, rows } = useAlerts(address, by === undefined)
  // All places, so that each can say how many it has; only what is shown is narrowed by place.
  const { state: _state, ...everywhere } = address
  const counts = useGroups(everywhere, "host")
  const groups = useGroups(address, by ?? "host")
  useMoved(rows.length)
  const { choice, columns: chosen } = useColumns("alerts", alertColumns, usualColumns)
  const columns = address.open === undefined ? chosen : chosen.filter(({ key }) => besideDetail.has(key))
  const [marked, setMarked] = useState(nothing)
  const wanted = placesOf(address)
  const sums = counts.data === undefined ? undefined : sumStates(counts.data.groups)
  const parked = sums?.["parked"] ?? 0
  const retried = rows.filter((row) => marked.has(row.id) && canRetry(row)).map(({ id }) => id)
  const narrow = (parts: Readonly<Record<string, string | undefined>>) => change(parts)
  const shortcuts = [{
    keys: "g",
    says: "Group by signature, by host, or not",
    run: () => change({ group: nextGroup[by ?? "none"] })
  }]
  const narrowed = address.state !== undefined || Object.keys(filterOf(address)).length > 0
  const everything = {
    state: undefined,
    host: undefined,
    signature: undefined,
    team: undefined,
    handling: undefined,
    rule: undefined
  }
  const nothingFits = narrowed
    ? (
      <span className="row">
        No alerts fit. <button type="button" onClick={() => change(everything)}>Show all alerts</button>
      </span>
    )
    : "No alerts. Nothing is on its way, and no delivery is on record."
  const all = parked === 0 || counts.data?.exact !== true ? undefined : {
    title: parked === 1 ? "Try the parked one now" : `Try all ${parked.toLocaleString("en")} parked now`,
    count: parked,
    chosen: { filter: filterOf(address), expected: parked }
  }
  const trouble = read.error === null ? undefined : troubleOf(read.error)

  return (
    <Page
      title="Alerts"
      shortcuts={shortcuts}
      actions={
        <>
          <label className="row">
            Group by
            <select value={by ?? ""} onChange={({ target }) => change({ group: target.value })}>
              <option value="">nothing</option>
              <option value="signature">signature</option>
              <option value="host">host</option>
            </select>
          </label>
          {by === undefined && choice}
          <SavedViews page="alerts" />
          {by === undefined && <Export name="alerts" columns={exportColumns} read={allAlerts(address)} />}
        </>
      }
      detail={address.open === undefined ?
        undefined :
        <AlertDetail id={address.open} close={() => change({ open: undefined })} />}
    >
      {sums !== undefined && (
        <p role="status">
          {headline(sums)}
          {counts.data?.exact === false && " At least: there are too many to look at all."}
        </p>
      )}
      <div className="row">
        <div className="row" role="group" aria-label="Where they are">
          {places.map((place) => (
            <button
              key={place.key}
              type="button"
              aria-pressed={wanted.includes(place.key)}
              onClick={() => change({ state: togglePlace(address, place.key) })}
            >
              {place.title}
              {sums !== undefined && place.key !== "delivered" && ` ${countAt(place, sums).toLocaleString("en")}`}
            </button>
          ))}
        </div>
        <FilterBar fields={filterFields} values={address} change={narrow} />
      </div>
      {(retried.length > 0 || all !== undefined) && (
        <div className="row">
          {retried.length > 0 && (
            <RetryNow title={`Try ${retried.length} marked now`} count={retried.length} chosen={{ ids: retried }} />
          )}
          {all !== undefined && <RetryNow {...all} />}
        </div>
      )}
      {by === undefined
        ? (
          <>
            {trouble !== undefined && <Trouble of={trouble} again={() => void read.refetch()} />}
            {(trouble === undefined || rows.length > 0) && (
              <div className={trouble === undefined && !read.isPlaceholderData ? "page-list" : "page-list stale"}>
                <Grid
                  label="Alerts"
                  columns={columns}
                  rows={rows}
                  keyOf={({ id }) =>
                    id}
                  total={read.hasNextPage ? -1 : rows.length + 1}
                  open={address.open}
                  onOpen={({ id }) => change({ open: id }, { replace: address.open !== undefined })}
                  marked={marked}
                  onMark={setMarked}
                  onEnd={() => {
                    if (read.hasNextPage && !read.isFetching && !read.isError) void read.fetchNextPage()
                  }}
                  empty={read.isPending ? "Looking…" : nothingFits}
                />
              </div>
            )}
            <p className="list-line quiet-text">
              On the way by their next try; then dead and delivered ones, newest first.
              {read.dataUpdatedAt > 0 && (
                <span>
                  As of <Time at={new Date(read.dataUpdatedAt).toISOString()} />
                </span>
              )}
            </p>
          </>
        )
        : (
          <AlertGroups
            by={by}
            read={groups}
            onOpen={(key) => change({ group: undefined, [by]: key })}
            empty={narrowed
              ? nothingFits :
              `${nothingOpen} Delivered ones are grouped when they are chosen above.`}
          />
        )}
    </Page>
  )
}

const nothingOpen = "Nothing is on its way, parked or dead."

const headline = (sums: Readonly<Record<string, number>>): string => {
  const { delivered: _delivered, ...waiting } = sums
  return Object.keys(waiting).length === 0
    ? nothingOpen
    : `${countWords(waiting)}.`
}
