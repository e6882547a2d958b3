import { type KeyboardEvent, useRef } from "react"
import "./Tabs.css"

interface Tab {
  readonly key: string
  readonly title: string
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }

/** Views of one thing, of which one is shown. Arrow keys go from one to the next. */
export const Tabs = ({ choose, chosen, label, tabs }: {
  readonly label: string
  readonly tabs: ReadonlyArray<Tab>
  readonly chosen: string
  readonly choose: (key: string) => void
}) => {
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = (tabs.findIndex(({ key }) => key === chosen) + step + tabs.length) % tabs.length
    const next = tabs[at]
    if (next === undefined) return
    choose(next.key)
    const button = list.current?.children.item(at)
    if (button instanceof HTMLElement) button.focus()
  }
  return (
    <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ key, title }) => (
        <button
          key={key}
          type="button"
          role="tab"
          className="quiet"
          aria-selected={key === chosen}
          tabIndex={key === chosen ? 0 : -1}
          onClick={() => choose(key)}
        >
          {title}
        </button>
      ))}
    </div>
  )
}
