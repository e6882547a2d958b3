import { type ReactNode, useEffect, useRef } from "react"
import { releaseKeys } from "../api/earlyKeys.ts"
import { type Shortcut, useShortcuts } from "./Shortcuts.ts"
import "./Page.css"

const none: ReadonlyArray<Shortcut> = []

/** A page: its heading, which gets the focus when the page is gone to, its actions, and its details at the right. */
export const Page = ({ actions, children, detail, shortcuts = none, title }: {
  readonly title: string
  readonly actions?: ReactNode
  /** The panel at the right, which leaves the list in place. */
  readonly detail?: ReactNode
  readonly shortcuts?: ReadonlyArray<Shortcut>
  readonly children: ReactNode
}) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useShortcuts(shortcuts)
  useEffect(() => {
    document.title = `${title} · MUTT`
    heading.current?.focus({ preventScroll: true })
  }, [title])
  useEffect(releaseKeys, [])
  return (
    <div className={detail === undefined || detail === null || detail === false ? "page" : "page with-detail"}>
      <div className="page-main">
        <div className="page-head">
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          <div className="row">{actions}</div>
        </div>
        {children}
      </div>
      {detail}
    </div>
  )
}

/** The panel at the right. It takes the focus when it opens; where it was opened from gets it back. */
export const Detail = ({ children, close, title }: {
  readonly title: string
  readonly close: () => void
  readonly children: ReactNode
}) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const from = document.activeElement
    heading.current?.focus({ preventScroll: true })
    return () => {
      const back = from instanceof HTMLElement && from.isConnected ? from : document.querySelector("[data-grid]")
      if (back instanceof HTMLElement) back.focus({ preventScroll: true })
    }
  }, [])
  return (
    <aside
      className="detail"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return
        event.preventDefault()
        close()
      }}
    >
      <div className="page-head">
        <h2 ref={heading} tabIndex={-1}>{title}</h2>
        <button type="button" className="quiet" aria-label="Close the details" onClick={close}>✕</button>
      </div>
      {children}
    </aside>
  )
}
