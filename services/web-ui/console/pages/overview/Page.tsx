import { Link } from "@tanstack/react-router"
import { useEffect, useMemo } from "react"
import { BooksView } from "../../../../../src/api/web-ui/Overview.ts"
import { useLive } from "../../api/live.ts"
import { troubleOf } from "../../api/problems.ts"
import { bell } from "../../api/sound.ts"
import { useFleet } from "../../api/useFleet.ts"
import { Panel } from "../../parts/Panel.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Page } from "../../shell/Page.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { BookLines } from "./BookLines.tsx"
import { answer, type Finding, findings, type Seen } from "./findings.ts"
import { FlowStrip } from "./FlowStrip.tsx"
import { LastChanges } from "./LastChanges.tsx"
import { LastHour } from "./LastHour.tsx"
import { search } from "./search.ts"
import { useFlow } from "./useFlow.ts"
import { useWall } from "./useWall.ts"
import "./Page.css"

const glyphs = { well: "✓", err: "▲", warning: "◆", notice: "○", unknown: "" } as const

/** Is all well? The answer first, then what it is made of. */
export const OverviewPage = () => {
  const [{ wall }, change] = useAddress(search)
  const isWall = wall === "1"
  useWall(isWall)
  const books = useLive("books", BooksView, (api) => api.overview.books())
  const fleet = useFleet()
  const flow = useFlow()
  const failures = [books, fleet, flow].flatMap(({ error, failureReason }) => error ?? failureReason ?? [])
  const seen: Seen = {
    books: books.data,
    fleet: fleet.data,
    flow: flow.data,
    away: [...new Set(failures.map((error) => troubleOf(error).detail))]
  }
  const known = [books, fleet, flow].every(({ isPending }) => !isPending)
  // Numbers in it change, and are no news.
  const wrong = findings(seen).filter(({ tone }) => tone === "err").map(({ says }) =>
    says.replaceAll(/\d[\d,.]*/g, "#")
  )
  useEffect(() => {
    if (known) bell.stands("overview", wrong)
  }, [known, wrong.join("\n")])
  const toggle = () => change({ wall: isWall ? undefined : "1" })
  const shortcuts = useMemo(
    () => [{ keys: "w", says: isWall ? "Leave the wall" : "Show as on a wall", run: toggle }],
    [isWall]
  )
  return (
    <Page
      title="Overview"
      shortcuts={shortcuts}
      actions={
        <button type="button" className="quiet" onClick={toggle}>
          {isWall ? "Leave the wall" : "Wall"} <kbd>w</kbd>
        </button>
      }
    >
      <Answer seen={seen} />
      <Panel title="Now">
        <Stale read={flow} lines={4}>{(data) => <FlowStrip flow={data} />}</Stale>
      </Panel>
      <Panel title="Books">
        <Stale read={books}>{(data) => <BookLines books={data} />}</Stale>
      </Panel>
      <Panel title="Last 60 minutes">
        <Stale read={flow} lines={5}>{(data) => <LastHour flow={data} />}</Stale>
      </Panel>
      {!isWall && (
        <Panel title="Last changes" actions={<Link to="/audit">All changes</Link>}>
          <LastChanges />
        </Panel>
      )}
    </Page>
  )
}

const Answer = ({ seen }: { readonly seen: Seen }) => {
  const { line, others } = answer(seen)
  return (
    <div className="overview-answer">
      <p className={`overview-answer-line ${line.tone}`} role="status">
        <span aria-hidden="true">{glyphs[line.tone]}</span> <FindingText finding={line} />
      </p>
      {others.length > 0 && (
        <ul>
          {others.map((finding) => (
            <li key={finding.says}>
              <span aria-hidden="true">{glyphs[finding.tone]}</span> <FindingText finding={finding} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const FindingText = ({ finding: { says, search, to } }: { readonly finding: Omit<Finding, "tone"> }) =>
  to === undefined ? says : <Link to={to} {...(search === undefined ? {} : { search })}>{says}</Link>
