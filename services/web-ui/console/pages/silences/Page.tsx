import { useMemo } from "react"
import type { SilenceView } from "../../../../../src/api/web-ui/SilenceView.ts"
import { counted } from "../../../../../src/rulefile/words.ts"
import { matchWords } from "../../../../../src/silence/silenceWords.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { Export } from "../../parts/Export.tsx"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { Panel } from "../../parts/Panel.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Page } from "../../shell/Page.tsx"
import { SavedViews } from "../../shell/SavedViews.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { end, extend } from "./act.ts"
import { NewSilence } from "./NewSilence.tsx"
import { search } from "./search.ts"
import { SilenceDetail } from "./SilenceDetail.tsx"
import { allSilences, exportColumns, most, states, useSilences } from "./useSilences.ts"
import { Week } from "./Week.tsx"
import { TimeLeft, WindowText } from "./WindowText.tsx"
import "./Page.css"

const columns: ReadonlyArray<Column<SilenceView>> = [
  {
    key: "state",
    title: "State",
    width: "84px",
    cell: ({ state }) => <State of={state} tone={state === "now" ? "warning" : "plain"} />
  },
  {
    key: "match",
    title: "About",
    width: "minmax(160px, 1.4fr)",
    first: true,
    cell: ({ match }) => <PlainText>{matchWords(match)}</PlainText>
  },
  { key: "left", title: "Next", width: "150px", cell: (silence) => <TimeLeft of={silence} /> },
  { key: "when", title: "When", width: "minmax(160px, 1.4fr)", cell: (silence) => <WindowText of={silence} /> },
  {
    key: "comment",
    title: "Why",
    width: "minmax(120px, 1fr)",
    cell: ({ comment }) => <PlainText>{comment}</PlainText>
  },
  { key: "author", title: "By", width: "120px", cell: ({ created_by }) => created_by },
  {
    key: "hits",
    title: "Held back",
    width: "110px",
    align: "end",
    cell: ({ hits }) => hits === 0 ? "nothing yet" : counted(hits, "event")
  }
]

const byState = (a: SilenceView, b: SilenceView): number =>
  states.indexOf(a.state) - states.indexOf(b.state) ||
  (a.state === "ended" ? b.id - a.id : (a.until ?? "").localeCompare(b.until ?? ""))

/** What is held back: now, soon, and what was. */
export const SilencesPage = () => {
  const [address, change] = useAddress(search)
  const { author, host, open, state } = address
  const may = useMay("operator")
  const asked = { ...(author === undefined ? {} : { author }), ...(host === undefined ? {} : { host }) }
  const read = useSilences(asked, state)
  const { choice, columns: shown } = useColumns("silences", columns)
  const rows = (read.data?.silences ?? []).toSorted(byState)
  const show = (id: number) => change({ open: String(id), new: undefined, edit: undefined })
  const begin = () => change({ new: host ?? "*", open: undefined })
  const shortcuts = useMemo(() => [{ keys: "n", says: "New silence", run: begin }], [host, open, state, author])
  const isFiltered = author !== undefined || host !== undefined || state !== undefined
  return (
    <Page
      title="Silences"
      shortcuts={shortcuts}
      actions={
        <>
          {choice}
          <SavedViews page="silences" />
          <Export name="silences" columns={exportColumns} read={allSilences(asked, state)} />
          <Action needs="operator" className="primary" onClick={begin}>
            New silence <kbd>n</kbd>
          </Action>
        </>
      }
      detail={address.new !== undefined
        ? <NewSilence key={address.new} host={address.new} close={() => change({ new: undefined })} made={show} />
        : open !== undefined && /^\d+$/.test(open)
        ? (
          <SilenceDetail
            key={open}
            id={Number(open)}
            edits={address.edit === "1"}
            setEdits={(edits) => change({ edit: edits ? "1" : undefined })}
            close={() => change({ open: undefined, edit: undefined })}
          />
        )
        : null}
    >
      <div className="row" role="group" aria-label="Which silences">
        <label className="row">
          State
          <select
            value={state ?? ""}
            onChange={(event) => change({ state: event.target.value === "" ? undefined : event.target.value })}
          >
            <option value="">all</option>
            {states.map((one) => <option key={one}>{one}</option>)}
          </select>
        </label>
        <Narrow label="Host" value={host} set={(host) => change({ host }, { replace: true })} />
        <Narrow label="By" value={author} set={(author) => change({ author }, { replace: true })} />
      </div>
      <div className="page-list silence-list">
        <Stale read={read} lines={8}>
          {({ pagination }) => (
            <>
              {pagination.has_more && <p className="quiet-text">More than {most}: the newest are shown.</p>}
              <Grid
                label="Silences"
                columns={shown}
                rows={rows}
                keyOf={({ id }) => String(id)}
                total={pagination.has_more ? -1 : rows.length + 1}
                open={open}
                onOpen={({ id }) => show(id)}
                keys={may
                  ? { "+": (silence) => void extend(silence, ""), e: (silence) => void end(silence, "") }
                  : {}}
                toneOf={(row) => row.state === "ended" ? "silence-over" : undefined}
                empty={isFiltered
                  ? (
                    <>
                      No silence fits.{" "}
                      <button
                        type="button"
                        onClick={() => change({ author: undefined, host: undefined, state: undefined })}
                      >
                        Show all
                      </button>
                    </>
                  )
                  : "Nothing is silenced, and never was."}
              />
            </>
          )}
        </Stale>
      </div>
      <Panel title="The next seven days">
        <Stale read={read}>
          {({ silences }) => <Week silences={silences.filter(({ state }) => state !== "ended")} open={show} />}
        </Stale>
      </Panel>
    </Page>
  )
}

const Narrow = ({ label, set, value }: {
  readonly label: string
  readonly value: string | undefined
  readonly set: (value: string | undefined) => void
}) => (
  <label className="row">
    {label}
    <input
      type="search"
      maxLength={255}
      value={value ?? ""}
      onChange={(event) => set(event.target.value === "" ? undefined : event.target.value)}
    />
  </label>
)
