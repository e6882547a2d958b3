import { Link } from "@tanstack/react-router"
import { useEffect, useMemo, useSyncExternalStore } from "react"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import { allRules } from "../../api/allRules.ts"
import { troubleOf } from "../../api/problems.ts"
import { useAsk } from "../../api/query.ts"
import type { Column } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { calledRule, draftPlace, type DraftRule, readDraft } from "../../shell/draftRule.ts"
import { DraftMarker, type MarkView, nothingMarked } from "./DraftMarker.ts"
import { markWords } from "./draftMarks.ts"

const nothing = () => () => undefined
const none = () => nothingMarked

interface Marks extends MarkView {
  readonly draft: DraftRule | undefined
  /** Why there is nothing to mark by. */
  readonly wrong: string | undefined
}

/** Holds the rule that `draft=` names against the rows, as long as it is there. */
export const useDraftMarks = (
  text: string | undefined,
  rows: ReadonlyArray<EventRow>,
  newestLast: boolean
): Marks => {
  const { data: rules, error } = useAsk(["rules"], allRules, { enabled: text !== undefined })
  const draft = useMemo(() => text === undefined || rules === undefined ? undefined : readDraft(text, rules), [
    text,
    rules
  ])
  const marker = useMemo(
    () => draft === undefined || rules === undefined ? undefined : new DraftMarker(calledRule(draft, rules), rules),
    [draft, rules]
  )
  useEffect(() => marker?.start(), [marker])
  useEffect(() => marker?.look(rows, newestLast), [marker, rows, newestLast])
  const view = useSyncExternalStore(marker?.subscribe ?? nothing, marker?.view ?? none)
  const wrong = error !== null && rules === undefined
    ? troubleOf(error).detail
    : text !== undefined && rules !== undefined && draft === undefined
    ? "There is no such rule, or it can't be read."
    : view.refused ?? view.trouble?.detail
  return { ...view, draft, wrong }
}

/** What the draft does to an event: by glyph, word and row. */
export const draftColumn = ({ marks }: MarkView): Column<EventRow> => ({
  key: "draft",
  title: "Draft rule",
  width: "96px",
  cell: ({ id }) => {
    const mark = marks.get(id)
    if (mark === undefined) return <span className="quiet-text">…</span>
    if (mark === "none") return null
    return mark === "lost" ? <span className="quiet-text">not read</span> : (
      <span className={`draft-mark ${mark}`}>
        <span aria-hidden="true">{mark === "decides" ? "●" : "○"}</span> {mark}
      </span>
    )
  }
})

export const draftTone = ({ marks }: MarkView) => ({ id }: EventRow): string | undefined => {
  const mark = marks.get(id)
  return mark === "decides" || mark === "matches" ? `draft-${mark}` : undefined
}

/** Which rule the rows are marked by, how many it is about, and the way back. */
export const DraftLine = ({ leave, live, marks, rows }: {
  readonly marks: Marks
  readonly rows: ReadonlyArray<EventRow>
  readonly live: boolean
  readonly leave: () => void
}) => {
  const { draft, wrong } = marks
  return (
    <div className="draft-line row">
      <span role={live ? undefined : "status"}>
        {draft === undefined ? "Draft rule" : (
          <>
            {draft.id === undefined ? "The new rule" : "Rule"}{" "}
            <strong>
              <PlainText>{draft.rule.name ?? draft.rule.match_string ?? draft.rule.trap_oid ?? ""}</PlainText>
            </strong>
          </>
        )} {wrong ?? (draft === undefined
          ? "…"
          : markWords(rows, marks.marks, { isActive: draft.rule.is_active, newestLast: live }))}
      </span>
      {draft !== undefined && <Link className="button" {...draftPlace(draft)}>Back to the rule</Link>}
      <button type="button" onClick={leave}>
        Leave it <kbd>Esc</kbd>
      </button>
    </div>
  )
}
