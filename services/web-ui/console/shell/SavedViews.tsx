import { useNavigate, useRouterState } from "@tanstack/react-router"
import { type FormEvent, useId, useMemo, useState } from "react"
import { type SavedView, viewLimits } from "../../../../src/domain/SavedView.ts"
import { useKept } from "../api/kept.ts"
import { parseViews, personalPlace } from "../api/personalViews.ts"
import { troubleOf } from "../api/problems.ts"
import { useMay } from "../api/useRole.ts"
import { DropDown } from "../parts/DropDown.tsx"
import { PlainText } from "../parts/PlainText.tsx"
import { notify } from "./Notices.tsx"
import { queryOfView, searchOfView } from "./savedQuery.ts"
import { useSharedViews } from "./useSharedViews.ts"
import { forgetPersonal, removeShared, savePersonal, saveShared } from "./viewChanges.ts"
import "./SavedViews.css"

type View = Pick<SavedView, "name" | "query">

const short = (name: string): string => name.length > 24 ? `${name.slice(0, 23)}…` : name

/** Tells what failed where everybody sees it: the box of views may be closed by then. */
const attempt = (change: Promise<unknown>): Promise<boolean> =>
  change.then(() => true, (error) => {
    notify(`Not done. ${troubleOf(error).detail}`, { tone: "err" })
    return false
  })

/**
 * What is looked for on a list, under a name: those of this browser, and those that all share. `page` is the path of the
 * page.
 */
export const SavedViews = ({ page }: { readonly page: string }) => {
  const query = useRouterState({ select: ({ location }) => queryOfView(location.search) })
  const navigate = useNavigate()
  const [text] = useKept(personalPlace, "")
  const mine = useMemo(() => parseViews(text).filter((view) => view.page === page), [text, page])
  const shared = useSharedViews()
  const all = shared.data?.views ?? []
  const theirs = all.filter((view) => view.page === page)
  const may = useMay("operator")
  const now = [...mine, ...theirs].find((view) => view.query === query)
  const go = (view: View) => void navigate({ to: ".", search: searchOfView(view.query) })
  return (
    <DropDown title={now === undefined ? "Views" : `View: ${short(now.name)}`}>
      <div className="saved-views">
        <Views
          title="Yours, in this browser"
          views={mine}
          now={query}
          go={go}
          remove={({ name }) => forgetPersonal(page, name)}
        />
        <Views
          title="Shared"
          views={theirs}
          now={query}
          go={go}
          remove={may
            ? (view) => void attempt(removeShared({ page, name: view.name, query: view.query }))
            : undefined}
        />
        {shared.isError && <p className="quiet-text">{troubleOf(shared.error).detail}</p>}
        <SaveView
          may={may}
          known={theirs}
          save={(name, isShared) =>
            isShared
              ? attempt(saveShared({ page, name, query }, all.find((view) => view.name === name)))
              : Promise.resolve(savePersonal({ page, name, query }))}
        />
      </div>
    </DropDown>
  )
}

const Views = ({ go, now, remove, title, views }: {
  readonly title: string
  readonly views: ReadonlyArray<View>
  /** What the address says now. */
  readonly now: string
  readonly go: (view: View) => void
  readonly remove: ((view: View) => void) | undefined
}) =>
  views.length === 0 ? null : (
    <section>
      <h3>{title}</h3>
      <ul>
        {views.map((view) => (
          <li key={view.name} className="row">
            <button type="button" className="quiet" aria-pressed={view.query === now} onClick={() => go(view)}>
              <PlainText>{view.name}</PlainText>
            </button>
            {remove !== undefined && (
              <button
                type="button"
                className="quiet"
                aria-label={`Remove the view ${view.name}`}
                onClick={() => remove(view)}
              >
                ✕
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )

const SaveView = ({ known, may, save }: {
  readonly may: boolean
  readonly known: ReadonlyArray<View>
  readonly save: (name: string, isShared: boolean) => Promise<boolean>
}) => {
  const id = useId()
  const [name, setName] = useState("")
  const [isShared, setShared] = useState(false)
  const replaces = isShared && known.some((view) => view.name === name.trim())
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== "" && await save(name.trim(), isShared)) setName("")
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <div className="field">
        <label htmlFor={id}>Save what is looked for now as</label>
        <input
          id={id}
          required
          maxLength={viewLimits.name}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <label title={may ? undefined : "needs operator"}>
        <input
          type="checkbox"
          disabled={!may}
          checked={isShared}
          onChange={(event) => setShared(event.target.checked)}
        />
        for all{may ? "" : " (needs operator)"}
      </label>
      <button type="submit">{replaces ? "Replace" : "Save"}</button>
    </form>
  )
}
