import { useNavigate } from "@tanstack/react-router"
import { type KeyboardEvent, useId, useMemo, useState } from "react"
import { type PersonalView, personalViews } from "../api/personalViews.ts"
import { Dialog } from "../parts/Dialog.tsx"
import { places } from "./places.ts"
import { searchOfView } from "./savedQuery.ts"
import { shortcutsNow } from "./Shortcuts.ts"
import { useNamed } from "./useNamed.ts"
import { useSharedViews } from "./useSharedViews.ts"
import "./Palette.css"

interface Choice {
  readonly says: string
  readonly keys?: string
  readonly run: () => void
}

/** Of settings and rules, of which there may be thousands. */
const mostNamed = 20

const fits = (choice: Choice, words: ReadonlyArray<string>) => {
  const text = choice.says.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** Every page, action of the page that is open, saved view, setting and rule, by name. */
export const Palette = ({ close }: { readonly close: () => void }) => {
  const navigate = useNavigate()
  const id = useId()
  const [text, setText] = useState("")
  const [at, setAt] = useState(0)
  const shared = useSharedViews()
  const choiceOf = (kind: string, { name, page, query }: PersonalView): Choice => ({
    says: `${kind} ${name}, of ${page}`,
    run: () => void navigate({ to: `/${page}`, search: searchOfView(query) })
  })
  const all = useMemo((): ReadonlyArray<Choice> => [
    ...places.map(({ letter, path, title }) => ({
      says: `Go to ${title}`,
      keys: `g ${letter}`,
      run: () => void navigate({ to: path })
    })),
    ...shortcutsNow().filter(({ keys }) => !keys.startsWith("g ")).map(({ keys, run, says }) => ({ says, keys, run })),
    ...personalViews().map((view) => choiceOf("Your view", view)),
    ...(shared.data?.views ?? []).map((view) => choiceOf("Shared view", view))
  ], [shared.data])
  const named = useNamed(text.trim() !== "")
  const words = text.toLowerCase().split(" ").filter((word) => word !== "")
  const found: ReadonlyArray<Choice> = [
    ...all.filter((choice) => fits(choice, words)),
    ...named.filter((choice) => fits(choice, words)).slice(0, mostNamed),
    ...(text.trim() === "" ? [] : [{
      says: `Search events for “${text.trim()}”`,
      run: () => void navigate({ to: "/events", search: { q: text.trim() } })
    }])
  ]
  const run = (choice: Choice | undefined) => {
    close()
    choice?.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1))
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1))
    else if (event.key === "Enter") run(found[at])
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Go to, or do" close={close}>
      <input
        className="palette-input"
        role="combobox"
        aria-label="Page or action"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found[at] === undefined ? undefined : `${id}-${at}`}
        autoComplete="off"
        autoFocus
        maxLength={200}
        value={text}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Pages and actions" className="palette-list" tabIndex={-1}>
        {found.map((choice, index) => (
          <li
            key={choice.says}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => run(choice)}
          >
            <span>{choice.says}</span>
            {choice.keys !== undefined && <kbd>{choice.keys}</kbd>}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

/** The keys that work on this page. */
export const KeyHelp = ({ close }: { readonly close: () => void }) => (
  <Dialog title="Keys" close={close}>
    <dl className="facts">
      {[...shortcutsNow(), ...listKeys].map(({ keys, says }) => (
        <div key={keys + says} className="key-line">
          <dt>
            <kbd>{keys}</kbd>
          </dt>
          <dd>{says}</dd>
        </div>
      ))}
    </dl>
    <div className="actions">
      <button type="button" onClick={close}>Close</button>
    </div>
  </Dialog>
)

const listKeys = [
  { keys: "j k ↓ ↑", says: "In a list: the next and the previous row" },
  { keys: "Enter", says: "In a list: open the row" },
  { keys: "x", says: "In a list: mark the row; Shift with arrows marks a range" },
  { keys: "Esc", says: "Close what is open" }
]
