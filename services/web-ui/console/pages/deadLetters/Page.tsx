import { Link } from "@tanstack/react-router"
import { useMemo, useState } from "react"
import { DeadLetterQueue } from "../../../../../src/domain/DeadLetter.ts"
import { troubleOf } from "../../api/problems.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { Export } from "../../parts/Export.tsx"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { Panel } from "../../parts/Panel.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { Page } from "../../shell/Page.tsx"
import { SavedViews } from "../../shell/SavedViews.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { useColumns } from "../../shell/useColumns.tsx"
import { FilterBar } from "./FilterBar.tsx"
import { Groups } from "./Groups.tsx"
import { type Letter, LetterDetail } from "./LetterDetail.tsx"
import { actions, allWords, countedIn, hostOf, messageOf, type Narrowing, queueOf, queueWords } from "./letters.ts"
import { search } from "./search.ts"
import { SweepDialog, type Wish } from "./SweepDialog.tsx"
import { allLetters, exportColumns, readLettersAgain, useCounts, useGroups, useLetters } from "./useLetters.ts"
import "./Page.css"

const columns: ReadonlyArray<Column<Letter>> = [
  { key: "at", title: "Since", width: "150px", cell: ({ at }) => <Time at={at} /> },
  { key: "reason", title: "Reason", width: "140px", cell: ({ reason }) => reason.replaceAll("_", " ") },
  {
    key: "host",
    title: "Host",
    width: "minmax(100px, 160px)",
    cell: ({ payload }) => <PlainText>{hostOf(payload) ?? "–"}</PlainText>
  },
  {
    key: "detail",
    title: "Detail",
    width: "minmax(140px, 1fr)",
    first: true,
    cell: ({ detail }) => <PlainText>{detail}</PlainText>
  },
  {
    key: "what",
    title: "What it says",
    width: "minmax(140px, 1fr)",
    cell: ({ payload }) => <PlainText>{messageOf(payload).slice(0, 300)}</PlainText>
  },
  {
    key: "tries",
    title: "Tries",
    width: "56px",
    align: "end",
    cell: ({ attempts }) => attempts.length
  }
]

/** What could not go on: by what it died of, then one by one. */
export const DeadLettersPage = () => {
  const [{ open, queue: asked, ...rest }, change] = useAddress(search)
  const queue = queueOf(asked)
  const filter: Narrowing = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const may = useMay("operator")
  const counts = useCounts()
  const groups = useGroups(queue, filter)
  const list = useLetters(queue, filter)
  const { choice, columns: shown } = useColumns("dead-letters", columns)
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const [wish, setWish] = useState<Wish>()
  const letters = list.data?.pages.flatMap(({ dead_letters }) => dead_letters) ?? []
  const opened = letters.find(({ id }) => id === open)
  const again = queue === "quarantine" ? "retry" : "replay"
  const came = (counts?.[queue] ?? 0) - (list.data?.pages[0]?.count ?? 0)

  const byFilter = (action: Wish["action"]) => (filter: Narrowing) => setWish({ action, queue, which: { filter } })
  const byRow = (action: Wish["action"]) => ({ id }: Letter) =>
    setWish({ action, queue, which: { ids: marked.size === 0 ? [id] : [...marked].slice(0, mostIds) } })
  const isFiltered = Object.keys(filter).length > 0
  const shortcuts = useMemo(() =>
    may
      ? [
        { keys: "p", says: `${actions[again].verb} all that are found`, run: () => byFilter(again)(filter) },
        { keys: "d", says: "Discard all that are found", run: () => byFilter("discard")(filter) }
      ]
      : [], [may, queue, JSON.stringify(filter)])
  return (
    <Page
      title="Dead letters"
      shortcuts={shortcuts}
      actions={
        <>
          {choice}
          <SavedViews page="dead-letters" />
          <Export name={`dead-${queue}`} columns={exportColumns} read={allLetters(queue, filter)} />
        </>
      }
      detail={opened === undefined ? null : (
        <LetterDetail
          letter={opened}
          queue={queue}
          close={() => change({ open: undefined })}
          act={(action) => setWish({ action, queue, which: { ids: [opened.id] } })}
        />
      )}
    >
      <nav aria-label="Queues" className="queues">
        {DeadLetterQueue.literals.map((name) => (
          <Link
            key={name}
            to="/dead-letters"
            search={{ queue: name }}
            aria-current={name === queue ? "page" : undefined}
          >
            {queueWords[name]} {counts !== undefined && <strong>{counts[name].toLocaleString("en")}</strong>}
          </Link>
        ))}
      </nav>
      <FilterBar
        filter={filter}
        reasons={(groups.data?.groups ?? []).map(({ reason }) => reason)}
        set={(parts) => change({ ...parts, open: undefined })}
      />
      {came !== 0 && list.data !== undefined && counts !== undefined && (
        <p role="status" className="row">
          {came > 0 ? `${came.toLocaleString("en")} more came.` : `${(-came).toLocaleString("en")} have gone.`}
          <button type="button" onClick={() => void readLettersAgain()}>Read again</button>
        </p>
      )}
      <Panel
        title="What they died of"
        actions={
          <span className="row">
            {groups.data !== undefined && groups.data.total > 0 && (
              <>
                <Action needs="operator" onClick={() => byFilter(again)(filter)}>
                  {allWords(again, isFiltered ? "these" : "all", groups.data.total)}
                </Action>
                <Action needs="operator" className="quiet" onClick={() => byFilter("discard")(filter)}>
                  Discard {isFiltered ? "these" : "all"}
                </Action>
              </>
            )}
          </span>
        }
      >
        <Stale read={groups} lines={4}>
          {(found) =>
            found.total === 0
              ? <p className="quiet-text">{isFiltered ? "Nothing fits the filter." : "Nothing died."}</p>
              : (
                <Groups
                  queue={queue}
                  found={found}
                  narrow={({ reason, text }) => change({ reason, text, open: undefined })}
                  replay={(group) => byFilter(again)({ ...filter, ...group })}
                  discard={(group) => byFilter("discard")({ ...filter, ...group })}
                />
              )}
        </Stale>
      </Panel>
      {list.error !== null && letters.length === 0
        ? <Trouble of={troubleOf(list.error)} again={() => void list.refetch()} />
        : (
          <div className="page-list letter-list">
            <Grid
              label={queueWords[queue]}
              columns={shown}
              rows={letters}
              keyOf={({ id }) => id}
              total={isFiltered ? -1 : (list.data?.pages[0]?.count ?? 0) + 1}
              open={open}
              onOpen={({ id }) => change({ open: id })}
              marked={marked}
              onMark={setMarked}
              keys={may ? { p: byRow(again), d: byRow("discard") } : {}}
              onEnd={() => {
                if (list.hasNextPage && !list.isFetching) void list.fetchNextPage()
              }}
              empty={list.isLoading
                ? "Looking…"
                : isFiltered
                ? "Nothing fits the filter."
                : `${countedIn(queue, 0)} here.`}
            />
          </div>
        )}
      {wish !== undefined && (
        <SweepDialog
          key={JSON.stringify(wish)}
          wish={wish}
          close={() => {
            setWish(undefined)
            setMarked(new Set())
          }}
        />
      )}
    </Page>
  )
}

/** As many as a request may name. */
const mostIds = 500
